"""The ports of `make run`: all looked at before anything is started."""

from collections.abc import Iterable, Iterator

from local.holders import holder
from local.ports import is_free, knows_itself
from local.settings import LocalSettings


def taken(settings: LocalSettings) -> Iterator[str]:
    """One line for each port that is taken: by whom, and what to do."""
    for name, port, who in _wanted(settings):
        if not is_free(port):
            yield sentence(name, port, who, holder(port))
    if settings.kafka_bootstrap_servers is None and knows_itself(settings.kafka_port):
        yield (
            "that is a Kafka: to use it instead of one of our own, run "
            f"KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:{settings.kafka_port} make run"
        )


def sentence(setting: str, port: int, who: str, by: str) -> str:
    """The line for one port."""
    return (
        f"port {port}, which {who} needs, is taken by {by}: "
        f"end that, or choose another port: {setting}={port + 10} make run"
    )


def next_free(start: int, count: int, spoken_for: Iterable[int]) -> list[int]:
    """So many free ports from here on; raises LookupError where there are too few."""
    avoided = set(spoken_for)
    candidates = (port for port in range(start, 65536) if port not in avoided and is_free(port))
    found = [port for port, _ in zip(candidates, range(count), strict=False)]
    if len(found) < count:
        message = (
            f"there are no {count} free ports from METRICS_PORT={start} on: choose a lower one"
        )
        raise LookupError(message)
    return found


def spoken_for(settings: LocalSettings) -> list[int]:
    """The ports that must be these very ones."""
    return [port for _, port, _ in _wanted(settings)]


def _wanted(settings: LocalSettings) -> Iterator[tuple[str, int, str]]:
    if settings.kafka_bootstrap_servers is None:
        yield "KAFKA_PORT", settings.kafka_port, "Kafka"
    yield "INFERENCE_PORT", settings.inference_port, "inference"
    yield "PRODUCER_PORT", settings.producer_port, "the producer"
    yield "CONSUMER_PORT", settings.consumer_port, "the consumer"
