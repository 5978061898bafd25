"""Whether there are brokers, whether they let us in, and whether their own names lead to them."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from inference.doctor.finding import Findings, fail, ok, warn
from inference.kafka import ENCRYPTED, NAMED, KafkaSettings
from inference.stream import enquiries
from inference.stream.enquiries import UNANSWERED

CONNECT_LIMIT = 3.0
LOGIN_LIMIT = 10.0
PORT = 9092
BROKER, LOGIN = "broker", "login"
Place = tuple[str, int]


async def look_at_connection(kafka: KafkaSettings) -> Findings:
    """From the outside in: the port, the way in, and where brokers say that they are."""
    places = _places(kafka)
    silent = await _silent(places)
    if len(silent) == len(places):
        advice = "start the broker, or set KAFKA_BOOTSTRAP_SERVERS to where it is"
        return [fail(BROKER, f"nothing listens at {_written(places)}", advice)]
    found = [ok(BROKER, f"something listens at {_written(p for p in places if p not in silent)}")]
    if silent:
        advice = "take it out of KAFKA_BOOTSTRAP_SERVERS if it is gone for good"
        found.append(warn(BROKER, f"nothing listens at {_written(silent)}", advice))
    return [*found, *await _look_inside(kafka)]


async def _look_inside(kafka: KafkaSettings) -> Findings:
    with _overheard() as said:
        try:
            async with asyncio.timeout(LOGIN_LIMIT), enquiries.open_client(kafka) as client:
                brokers = enquiries.brokers(client)
        except UNANSWERED as error:
            reason = said[-1] if said else type(error).__name__
            return [fail(LOGIN, f"we are not let in: {reason}", _way_in(kafka))]
    if not brokers:
        return [fail(LOGIN, "we are let in and then shown no broker", _way_in(kafka))]
    silent = await _silent(brokers)
    if silent:
        advice = "set the broker's advertised.listeners to an address that leads to it from here"
        return [fail(BROKER, f"a broker calls itself {_written(silent)}: not reachable", advice)]
    return [ok(LOGIN, f"{_who(kafka)}, {len(brokers)} broker(s)")]


async def _silent(places: Iterable[Place]) -> list[Place]:
    return [place for place in places if not await _listens(place)]


async def _listens(place: Place) -> bool:
    try:
        async with asyncio.timeout(CONNECT_LIMIT):
            _, writer = await asyncio.open_connection(*place)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


@contextlib.contextmanager
def _overheard() -> Iterator[list[str]]:
    """The reasons that the client only logs: it tries the next broker and says at last 'unable'."""
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage().replace("\n", " "))

    logger, listening = logging.getLogger("aiokafka"), Listening(logging.ERROR)
    before = logger.propagate
    logger.addHandler(listening)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(listening)
        logger.propagate = before


def _places(kafka: KafkaSettings) -> list[Place]:
    parts = [urlsplit(f"//{server.strip()}") for server in kafka.bootstrap_servers.split(",")]
    return [(part.hostname or "", part.port or PORT) for part in parts]


def _written(places: Iterable[Place]) -> str:
    return ", ".join(f"{host}:{port}" for host, port in places)


def _who(kafka: KafkaSettings) -> str:
    if kafka.security_protocol not in NAMED:
        who = "let in without a name"
    elif kafka.sasl.username:
        who = f"let in as {kafka.sasl.username} by {kafka.sasl.mechanism}"
    else:
        who = f"let in with a token by {kafka.sasl.mechanism}"
    return f"{who}, {'encrypted' if kafka.security_protocol in ENCRYPTED else 'not encrypted'}"


def _way_in(kafka: KafkaSettings) -> str:
    wrong = ["KAFKA_SECURITY_PROTOCOL"]
    wrong += ["KAFKA_SSL_*"] if kafka.security_protocol in ENCRYPTED else []
    wrong += ["KAFKA_SASL_*"] if kafka.security_protocol in NAMED else []
    return f"compare {', '.join(wrong)} with what the broker's listener asks for"
