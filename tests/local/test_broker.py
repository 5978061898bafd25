import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import TopicAlreadyExistsError

from local import topics
from local.errors import BrokerError
from local.kafka import Broker
from local.ports import knows_itself

pytestmark = pytest.mark.kafka


@pytest.fixture
def own(new_broker: Callable[..., Broker]) -> Broker:
    broker = new_broker()
    broker.start()
    return broker


async def send(broker: Broker, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        await producer.send_and_wait(topic, value)


async def first(broker: Broker, topic: str) -> bytes | None:
    async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        record = await asyncio.wait_for(consumer.getone(), 20)
        return bytes(record.value)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_records_outlive_the_broker_however_it_ends(own: Broker, end: str) -> None:
    await topics.create(own.bootstrap, ["kept"])
    await send(own, "kept", b"still here")
    await asyncio.to_thread(getattr(own, end))
    assert not own.running
    await asyncio.to_thread(own.start)
    assert await first(own, "kept") == b"still here"


def test_a_frozen_broker_is_silent_until_it_is_thawed_and_can_be_stopped(own: Broker) -> None:
    own.freeze()
    assert own.running
    assert not knows_itself(own.port, timeout=0.2)
    own.thaw()
    own.await_ready(10)
    own.freeze()
    own.stop()
    assert not own.running


def test_a_broker_that_cannot_start_says_why(new_broker: Callable[..., Broker]) -> None:
    broker = new_broker({"num.io.threads": "none"})
    with pytest.raises(BrokerError, match=r"num\.io\.threads"):
        broker.start()
    assert not broker.running


async def test_creating_a_topic_twice_is_an_error(
    create_topics: Callable[..., Awaitable[None]], names: Callable[[str], str]
) -> None:
    topic = names("twice")
    await create_topics([topic], partitions=4)
    with pytest.raises(TopicAlreadyExistsError):
        await create_topics([topic])
