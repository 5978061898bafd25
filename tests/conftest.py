"""What tests of every part share: a real broker, and topics that belong to one test alone."""

import shutil
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from local import jars, topics
from local.kafka import Broker
from local.ports import free_port
from needed import do_without
from redis_server import RedisServer

Names = Callable[[str], str]
CreateTopics = Callable[..., Awaitable[None]]
NewBroker = Callable[..., Broker]


def require_kafka() -> None:
    """Skip where no broker can be started; never in CI."""
    reason = jars.unavailable()
    if reason:
        do_without(reason)


@pytest.fixture(scope="session")
def kafka_here() -> None:
    """For tests that start a broker through a command of ours."""
    require_kafka()


@contextmanager
def brokers(folders: pytest.TempPathFactory) -> Iterator[NewBroker]:
    """Makes brokers, and ends them all."""
    require_kafka()
    with ExitStack() as ended:

        def make(overrides: Mapping[str, str] | None = None) -> Broker:
            made = Broker(folders.mktemp("kafka"), free_port(), overrides)
            ended.callback(made.kill)
            return made

        yield make


@pytest.fixture
def new_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewBroker]:
    """Makes brokers, not yet started: `new_broker({"message.max.bytes": "100"})`."""
    with brokers(tmp_path_factory) as make:
        yield make


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The broker of this run, shared; a test that stops, freezes or kills one makes its own."""
    with brokers(tmp_path_factory) as make:
        shared = make()
        shared.start()
        yield shared


@pytest.fixture
def names() -> Names:
    """Makes names that no other test has: `names("requests")` is `requests-5f2a...`."""
    return lambda name: f"{name}-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def create_topics(broker: Broker) -> CreateTopics:
    """`await create_topics(["a", "b"], partitions=4, settings={"max.message.bytes": "100"})`."""
    return partial(topics.create, broker.bootstrap)


@pytest.fixture
def no_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test's own that is not there yet."""
    if shutil.which("redis-server") is None:
        do_without("Redis is not installed: apt-get install redis-server")
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def redis_server(no_redis: RedisServer) -> RedisServer:
    """The same, started."""
    no_redis.start()
    return no_redis
