"""One run: a broker, workers, records, a storm over all of them, and the history that remains."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from benchmarks.chaos.checker import History
from benchmarks.chaos.clients import Names
from benchmarks.chaos.crew import Crew
from benchmarks.chaos.reading import read_answers
from benchmarks.chaos.report import Report
from benchmarks.chaos.schedule import Storm
from benchmarks.chaos.sending import Ledger, send
from benchmarks.chaos.traffic import Traffic
from benchmarks.chaos.weather import at_broker, at_workers
from benchmarks.chaos.witness import Witness
from local import topics
from local.kafka import Broker

FLAKY = ("-m", "benchmarks.chaos.flaky_worker")
# Short, so that much can happen in a minute.
QUICK = {"KAFKA_SESSION_TIMEOUT": "6", "DRAIN_TIMEOUT": "5", "KAFKA_REQUEST_TIMEOUT": "10"}


@dataclass(frozen=True)
class Plan:
    """What a run consists of; everything in it comes about by the seed."""

    traffic: Traffic
    storm: Storm
    command: Sequence[str] = FLAKY
    lane: str = "flaky"
    settings: Mapping[str, str] = field(default_factory=dict)
    finish_within: float = 120.0

    @property
    def seed(self) -> str:
        """Where chance begins."""
        return self.traffic.seed


@dataclass(frozen=True)
class Course:
    """What goes on at the same time while a run lasts."""

    sent: Future[Ledger]
    watched: Future[None]
    settled: Future[float | None]


def run(plan: Plan, broker: Broker, folder: Path) -> Report:
    """From the first record to the verdict; the broker is there before and after."""
    names = Names()
    create(broker.bootstrap, names)
    told = settings(plan.lane, broker.bootstrap, names) | dict(plan.settings)
    crew = Crew(plan.command, told, plan.seed, folder)
    witness = Witness(broker.bootstrap, names)
    with _threads() as (pool, over):
        course = _begin(plan, broker, witness, (pool, over))
        try:
            crew.start(plan.storm.workers)
            at_workers(crew, plan.storm.strikes(plan.seed), course.settled)
        finally:
            crew.end()
    course.watched.result()
    witness.look()
    ledger, answers = course.sent.result(), read_answers(broker.bootstrap, names)
    doubtful, counts = ledger.doubtful, names.partitions
    history = History(ledger.asked, answers, witness.sightings, counts, doubtful)
    poison, seconds = len(plan.traffic.poison), course.settled.result()
    return Report(plan.seed, history, crew.deaths, crew.log, poison, seconds)


def create(bootstrap: str, names: Names) -> None:
    """The topics of a run."""
    for topic, count in names.partitions.items():
        asyncio.run(topics.create(bootstrap, [topic], count))


@contextmanager
def _threads() -> Iterator[tuple[ThreadPoolExecutor, Event]]:
    """A pool whose work is told to end when the block is left, however it is left."""
    over = Event()
    with ThreadPoolExecutor() as pool:
        try:
            yield pool, over
        finally:
            over.set()


def _begin(
    plan: Plan, broker: Broker, witness: Witness, threads: tuple[ThreadPoolExecutor, Event]
) -> Course:
    pool, over = threads
    names, strikes = witness.names, plan.storm.strikes(plan.seed)
    sent = pool.submit(send, broker.bootstrap, names, plan.traffic, plan.storm.seconds, over)
    struck = pool.submit(at_broker, broker, strikes, over)

    def settle() -> float | None:
        """Seconds until all was committed."""
        started = time.monotonic()
        sent.result()
        struck.result()
        settled = witness.all_committed(plan.finish_within, over)
        return time.monotonic() - started if settled else None

    return Course(sent, pool.submit(witness.watch, over), pool.submit(settle))


def settings(lane: str, bootstrap: str, names: Names) -> dict[str, str]:
    """What a worker of the lane must be told to work on these topics."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KAFKA_GROUP": names.group,
        "REQUESTS_TOPICS": f'{{"{lane}": "{names.requests}"}}',
        "RESULTS_TOPIC": names.results,
        "DEAD_LETTERS_TOPIC": names.dead_letters,
        "METRICS_PORT": "0",
        **QUICK,
    }
