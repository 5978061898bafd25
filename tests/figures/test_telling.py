"""Bursts onto a real broker: each once, whoever tells it and whatever is away."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from analysed import KEPT, LANE, NOW_MS
from rising import SEEN, TRAFFIC, add, looked, rows, spread, steady
from sqlalchemy import Connection

from consumer.bursts.lookout import Lookout
from consumer.bursts.telling import Teller
from consumer.store import bursts
from consumer.store.bursts import CLAIM_MS
from consumer.store.store import Store, database, opened
from inference import cloudevents, lanes
from inference.cloudevents import Envelope
from inference.contract import Arrival
from inference.errors import Unavailable
from inference.figures import Burst
from inference.kafka import KafkaSettings, Topics
from inference.stream import topics as cluster
from local.kafka import Broker
from postgres_cluster import Cluster

T = TypeVar("T")

NOBODY = KafkaSettings(bootstrap_servers="127.0.0.1:1")


class Away(Store):
    """A store whose database does not answer."""

    async def ask(self, work: Callable[[Connection], T]) -> T:
        raise Unavailable(str(work))


@pytest.fixture
def kafka(broker: Broker) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=broker.bootstrap)


@pytest.fixture
def topics(names: Callable[[str], str]) -> Topics:
    """Where bursts go; nobody has created it."""
    return Topics(bursts_topics={LANE: names("news.trends")}, topic_partitions=1)


@pytest.fixture
async def made(topics: Topics, create_topics: Callable[..., Awaitable[None]]) -> Topics:
    await create_topics([topics.bursts_topics[LANE]], partitions=1)
    return topics


async def two_bursts(store: Store) -> Sequence[Burst]:
    risen = [spread(key, dict.fromkeys(range(5), 10)) for key in ("chips", "반도체")]
    await add(store, TRAFFIC, *risen)
    return await looked(store)


async def told(kafka: KafkaSettings, topics: Topics) -> list[Arrival]:
    """All that is on the topic."""
    place = TopicPartition(topics.bursts_topics[LANE], 0)
    async with AIOKafkaConsumer(**kafka.client_options()) as consumer:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        return [_arrival(await consumer.getone()) for _ in range(end)]


def _arrival(record: Any) -> Arrival:  # noqa: ANN401 - aiokafka has no types
    place = (record.topic, record.partition, record.offset)
    return Arrival(*place, record.timestamp, record.key, record.value, record.headers)


def teller(kafka: KafkaSettings, topics: Topics, store: Store) -> Teller:
    return Teller(kafka, topics, store, {LANE: SEEN})


@pytest.mark.kafka
async def test_a_burst_is_told_as_a_cloud_event(
    kafka: KafkaSettings, made: Topics, store: Store
) -> None:
    noted = {burst.id: burst for burst in await two_bursts(store)}
    await teller(kafka, made, store).tell(NOW_MS)
    records = await told(kafka, made)
    events = [cloudevents.read(record) for record in records]

    for record, event in zip(records, events, strict=True):
        assert isinstance(event, Envelope)
        assert Burst.model_validate_json(event.content.data) == noted.pop(event.id)
        assert (event.type, event.source) == (
            "penstock.news-analysis.burst.v1",
            "/penstock/news-analysis",
        )
        assert record.key == json.loads(event.content.data)["key"].encode()
    assert not noted


@pytest.mark.kafka
async def test_what_is_told_is_not_told_again(
    kafka: KafkaSettings, made: Topics, store: Store
) -> None:
    await two_bursts(store)
    for later in (0, CLAIM_MS, 10 * CLAIM_MS):
        await teller(kafka, made, store).tell(NOW_MS + later)

    assert len(await told(kafka, made)) == 2


@pytest.mark.kafka
async def test_bursts_wait_for_a_topic_that_is_missing_and_none_is_made_for_them(
    kafka: KafkaSettings, topics: Topics, store: Store
) -> None:
    await two_bursts(store)
    await teller(kafka, topics, store).tell(NOW_MS)
    assert [row["published"] for row in await rows(store)] == [None, None]

    plans = cluster.plan([lanes.contract(LANE)], topics)
    await cluster.create(kafka, [it for it in plans if it.name in topics.bursts_topics.values()])
    await teller(kafka, topics, store).tell(NOW_MS)
    assert len(await told(kafka, topics)) == 2


@pytest.mark.kafka
async def test_bursts_wait_for_a_broker_that_is_away(
    kafka: KafkaSettings, made: Topics, store: Store
) -> None:
    await two_bursts(store)
    with pytest.raises(KafkaError):
        await teller(NOBODY, made, store).tell(NOW_MS)
    await teller(kafka, made, store).tell(NOW_MS)

    assert len(await told(kafka, made)) == 2


@pytest.mark.kafka
async def test_what_somebody_claimed_and_never_told_is_told_by_another_in_time(
    kafka: KafkaSettings, made: Topics, store: Store
) -> None:
    await two_bursts(store)
    await store.change(partial(bursts.claim, lanes=[LANE], now=NOW_MS))
    await teller(kafka, made, store).tell(NOW_MS + CLAIM_MS)
    assert await told(kafka, made) == []
    await teller(kafka, made, store).tell(NOW_MS + CLAIM_MS + 1)

    assert len(await told(kafka, made)) == 2


@pytest.mark.kafka
@pytest.mark.postgres
async def test_of_several_consumers_one_tells_each_burst(
    kafka: KafkaSettings, made: Topics, postgres: Cluster
) -> None:
    url = postgres.emptied()
    async with opened(url, KEPT) as one, opened(url, KEPT) as other:
        risen = [spread(str(n), dict.fromkeys(range(5), 10)) for n in range(30)]
        await add(one, TRAFFIC, *risen)
        lookouts = [Lookout(store, kafka, made) for store in (one, other, one)]
        for lookout in lookouts:
            lookout.changes.everything(NOW_MS)
        await asyncio.gather(*(lookout.once(NOW_MS) for lookout in lookouts))

    keys = [record.key for record in await told(kafka, made)]
    assert len(keys) == 30
    assert set(keys) == {str(n).encode() for n in range(30)}


@pytest.mark.kafka
async def test_after_a_restart_nothing_is_told_twice(
    kafka: KafkaSettings, made: Topics, store: Store
) -> None:
    await add(store, TRAFFIC, steady("chips", 30), spread("chips", dict.fromkeys(range(5), 10)))
    for _ in range(2):
        lookout, stop = Lookout(store, kafka, made), asyncio.Event()
        lookout.changes.everything(NOW_MS)
        await lookout.once(NOW_MS)
        stop.set()
        await lookout.run(60, stop)

    assert len(await told(kafka, made)) == 1


async def test_a_look_that_fails_is_made_up_for(tmp_path: Path) -> None:
    away = Away(database(f"sqlite:///{tmp_path}/store.db"), KEPT)
    lookout = Lookout(away, NOBODY, Topics())
    lookout.changes.everything(NOW_MS)
    await lookout.once(NOW_MS)
    await away.close()

    assert lookout.changes.take(NOW_MS)


def test_the_topic_of_bursts_is_created_like_the_others_and_can_be_called_otherwise() -> None:
    contracts = [lanes.contract(LANE), lanes.contract("echo")]
    names = [plan.name for plan in cluster.plan(contracts, Topics())]
    own = cluster.plan(contracts, Topics(bursts_topics={LANE: "rises"}))

    assert names[2:] == ["news.trends", "inference.results", "inference.dead-letters"]
    assert own[2].name == "rises"
