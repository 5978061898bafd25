"""The processes of `make run`: what each is called, how it is started, when it is ready."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from local import probes
from local.ports import LOOPBACK
from local.probes import Probe
from local.settings import LocalSettings


class Rank(IntEnum):
    """The order: lower ones start first and stop last."""

    BROKER = 0
    CONSUMER = 1
    WORKER = 2
    INFERENCE = 3
    PRODUCER = 4


class Program(NamedTuple):
    """One process; `environment` is what differs from ours."""

    name: str
    rank: Rank
    command: Sequence[str]
    environment: Mapping[str, str]
    address: str
    ready: Probe


def programs(
    settings: LocalSettings, workers: Mapping[str, int], broker: Sequence[str] | None
) -> Iterator[Program]:
    """All of them: `workers` has the port of each lane's, `broker` the command of our own Kafka."""
    if broker is not None:
        ready = probes.broker(settings.kafka_port)
        yield Program("kafka", Rank.BROKER, broker, {}, settings.bootstrap, ready)
    kafka = shared(settings)
    store = {"STORE_URL": settings.store}
    yield _http("consumer", Rank.CONSUMER, settings.consumer_port, kafka | store)
    for lane, port in workers.items():
        yield _worker(lane, port, kafka)
    yield _http("inference", Rank.INFERENCE, settings.inference_port, kafka)
    consumer = {"CONSUMER_URL": f"http://{LOOPBACK}:{settings.consumer_port}"}
    yield _http("producer", Rank.PRODUCER, settings.producer_port, kafka | consumer)


def shared(settings: LocalSettings) -> dict[str, str]:
    """What every program has to know."""
    return {"KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap}


def python(*arguments: str) -> list[str]:
    """A module of ours, under the Python that runs us."""
    return [sys.executable, "-m", *arguments]


def _worker(lane: str, port: int, kafka: Mapping[str, str]) -> Program:
    return Program(
        f"worker-{lane}",
        Rank.WORKER,
        python("inference", "work", lane),
        {**kafka, "METRICS_PORT": str(port)},
        f"http://{LOOPBACK}:{port}/metrics",
        probes.http(port),
    )


def _http(name: str, rank: Rank, port: int, environment: Mapping[str, str]) -> Program:
    return Program(
        name,
        rank,
        python(name, "serve"),
        {**environment, "PORT": str(port)},
        f"http://{LOOPBACK}:{port}",
        probes.http(port),
    )
