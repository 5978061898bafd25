from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from consumer.store.store import Store, opened
from inference.kafka import KafkaSettings, Topics
from local.kafka import Broker
from stores import postgres, store_url

__all__ = ["postgres", "store_url"]


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with opened(store_url) as store:
        yield store


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(f"sqlite:///{tmp_path}/store.db") as store:
        yield store


@pytest.fixture
def kafka(broker: Broker) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=broker.bootstrap)


@pytest.fixture
async def topics(
    names: Callable[[str], str], create_topics: Callable[..., Awaitable[None]]
) -> Topics:
    made = Topics(results_topic=names("results"), dead_letters_topic=names("dead-letters"))
    await create_topics([made.results_topic, made.dead_letters_topic], partitions=2)
    return made


@pytest.fixture
async def requests(
    names: Callable[[str], str], create_topics: Callable[..., Awaitable[None]]
) -> str:
    name = names("requests")
    await create_topics([name], partitions=2)
    return name
