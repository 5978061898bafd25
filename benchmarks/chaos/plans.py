"""The runs that there are: a storm with everything in it, and records that kill."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.chaos.clients import Names
from benchmarks.chaos.run import Plan
from benchmarks.chaos.schedule import Storm
from benchmarks.chaos.traffic import Traffic
from local.kafka import Broker
from local.ports import free_port

SHARE = "0.02"
PRODUCT = ("-m", "inference", "work", "echo")
PACE = 3_000  # records a second, so that those that kill meet busy workers
KILLING = ("die", "hang", "block")


def new_seed() -> str:
    """One that nobody has tried yet."""
    return f"{secrets.randbelow(10**6)}"


def stormy(seed: str, records: int, storm: Storm, poison: int = 3) -> Plan:
    """Everything at once: strikes, failing sends and model runs, poison and other bad records."""
    names = Names()
    traffic = Traffic(records, names.partitions[names.requests], seed, ("die",) * poison)
    return Plan(traffic, storm, settings={"FLAKY_RUNS": SHARE, "FLAKY_SENDS": SHARE})


def poisonous(seed: str, records: int, workers: int) -> Plan:
    """Nothing but innocents and, among them, one of each kind that kills; the product as it is."""
    names = Names()
    count = names.partitions[names.requests]
    traffic = Traffic(records, count, seed, KILLING, mixture={"bare": 100})
    limits = {"STUCK_AFTER": "6", "TRIAL_TIMEOUT": "4"}
    return Plan(traffic, Storm(records / PACE, workers), PRODUCT, "echo", limits)


@contextmanager
def own_broker(folder: Path) -> Iterator[Broker]:
    """A broker of the run's own, which it may kill."""
    broker = Broker(folder / "kafka", free_port())
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
