"""What a publisher is, told once and held against the one in memory and the one to Kafka."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from topic_contents import records

from echo_lane.contract import CONTRACT
from inference.contract import Content
from inference.kafka import KafkaSettings
from local.kafka import Broker
from producer.event import Event, Label, compose
from producer.failures import TooLarge
from producer.memory import MemoryPublisher
from producer.publish import Publisher, publishing

MOST_BYTES = 20_000
Reads = Callable[[], Awaitable[list[Event]]]


class Case:
    """A publisher, a topic that takes 20,000 bytes, and a way to see what is in it."""

    def __init__(self, publisher: Publisher, topic: str, read: Reads) -> None:
        self.publisher, self.topic, self.read = publisher, topic, read

    def event(self, text: str, key: str | None = None, identity: str | None = None) -> Event:
        content = Content(text.encode(), "text/plain")
        return compose(CONTRACT, self.topic, Label("/tests", identity, key), content)


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.kafka)])
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    topic = f"{request.param}-publisher"
    if request.param == "memory":
        memory = MemoryPublisher(MOST_BYTES)
        yield Case(memory, topic, lambda: in_memory(memory, topic))
        return
    broker: Broker = request.getfixturevalue("broker")
    topic = request.getfixturevalue("names")(topic)
    settings = {"max.message.bytes": str(MOST_BYTES)}
    await request.getfixturevalue("create_topics")([topic], partitions=4, settings=settings)
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
    async with publishing(kafka, [topic], 10 * MOST_BYTES, limit=20) as publisher:
        yield Case(publisher, topic, lambda: in_kafka(broker, topic))


async def in_memory(memory: MemoryPublisher, topic: str) -> list[Event]:
    return [event for partition in memory.topics[topic] for event in partition]


async def in_kafka(broker: Broker, topic: str) -> list[Event]:
    events = []
    for record in await records(broker.bootstrap, topic):
        said = {name: value.decode() for name, value in record.headers}
        assert said.pop("ce_specversion") == "1.0"
        content = Content(record.value, said.pop("content-type", None))
        named = {name.removeprefix("ce_"): value for name, value in said.items()}
        events.append(Event(lane="echo", topic=topic, key=record.key, content=content, **named))
    return events


async def test_an_event_is_kept_as_it_was_composed(case: Case) -> None:
    event = case.event("good day", key="a key", identity="7")
    written = await case.publisher.publish(event)
    assert (written.id, written.source, written.lane) == ("7", "/tests", "echo")
    assert (written.topic, written.offset) == (case.topic, 0)
    assert await case.read() == [event]


async def test_events_of_one_key_lie_in_one_partition_in_their_order(case: Case) -> None:
    written = [await case.publisher.publish(case.event(str(n), key="same")) for n in range(5)]
    assert len({place.partition for place in written}) == 1
    assert [place.offset for place in written] == [0, 1, 2, 3, 4]
    assert [event.content.data for event in await case.read()] == [b"0", b"1", b"2", b"3", b"4"]


async def test_events_without_a_key_are_kept_without_one(case: Case) -> None:
    await asyncio.gather(*(case.publisher.publish(case.event(str(n))) for n in range(40)))
    kept = await case.read()
    assert {event.key for event in kept} == {None}
    assert len({event.id for event in kept}) == 40


async def test_an_event_that_the_topic_does_not_take_is_refused_and_its_neighbours_are_kept(
    case: Case,
) -> None:
    events = [case.event("x" * (2 * MOST_BYTES if n == 5 else 10), key="k") for n in range(10)]
    outcomes = await asyncio.gather(
        *(case.publisher.publish(event) for event in events), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(refused) == 1
    assert isinstance(refused[0], TooLarge)
    assert "raise its max.message.bytes" in str(refused[0])
    assert {event.id for event in await case.read()} == {e.id for e in events} - {events[5].id}


async def test_after_a_refusal_the_same_partition_still_takes_events(case: Case) -> None:
    for _ in range(3):
        with pytest.raises(TooLarge):
            await case.publisher.publish(case.event("x" * 2 * MOST_BYTES, key="k"))
        await case.publisher.publish(case.event("small", key="k"))
    assert len(await case.read()) == 3


async def test_a_publisher_that_works_says_that_nothing_is_wrong(case: Case) -> None:
    await case.publisher.publish(case.event("good day"))
    assert set(case.publisher.checks().values()) == {None}
