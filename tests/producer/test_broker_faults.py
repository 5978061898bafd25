"""What a publisher does when the broker does not do its part; who breaks one has it alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType
from topic_contents import records

from echo_lane.contract import CONTRACT
from inference.contract import Content
from inference.kafka import KafkaSettings
from local import topics
from local.kafka import Broker
from producer.event import Event, Label, compose
from producer.failures import Refused, Unacknowledged, Unsent
from producer.publish import CLOSE_LIMIT, KafkaPublisher, publishing

pytestmark = pytest.mark.kafka

TOPIC = "echo.requests"
LIMIT = 3.0


@pytest.fixture
async def own(new_broker: Callable[[], Broker]) -> Broker:
    server = new_broker()
    await asyncio.to_thread(server.start)
    await topics.create(server.bootstrap, [TOPIC])
    return server


def to(bootstrap: str, *names: str) -> AbstractAsyncContextManager[KafkaPublisher]:
    return publishing(KafkaSettings(bootstrap_servers=bootstrap), names, 1_000_000, LIMIT)


def event(topic: str = TOPIC, identity: str | None = None) -> Event:
    return compose(CONTRACT, topic, Label("/tests", identity), Content(b"good day", None))


async def until(condition: Callable[[], Awaitable[bool]], limit: float = 30) -> None:
    async with asyncio.timeout(limit):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_a_frozen_broker_is_told_in_time_and_the_event_may_still_arrive(own: Broker) -> None:
    async def arrived() -> bool:
        ids = [dict(record.headers)["ce_id"] for record in await records(own.bootstrap, TOPIC)]
        return ids.count(b"frozen") == 1

    async with to(own.bootstrap, TOPIC) as publisher:
        await publisher.publish(event())
        own.freeze()
        began = time.monotonic()
        with pytest.raises(Unacknowledged, match=r"may still be written.* id frozen .*is safe"):
            await publisher.publish(event(identity="frozen"))
        assert time.monotonic() - began < LIMIT + 1
        own.thaw()
        await until(arrived)


async def test_a_killed_broker_is_told_found_again_and_killed_again_left_in_time(
    own: Broker,
) -> None:
    async with to(own.bootstrap, TOPIC) as publisher:
        await publisher.publish(event())
        await asyncio.to_thread(own.kill)
        with pytest.raises((Unsent, Unacknowledged)):
            await publisher.publish(event())
        await until(lambda: said(publisher, wrong=True))
        assert f"cannot reach Kafka at {own.bootstrap}" in str(publisher.checks()["broker"])
        await asyncio.to_thread(own.start)
        await until(lambda: said(publisher, wrong=False))
        await publisher.publish(event())
        await asyncio.to_thread(own.kill)
        with pytest.raises((Unsent, Unacknowledged)):
            await publisher.publish(event())
        began = time.monotonic()
    assert time.monotonic() - began < CLOSE_LIMIT + 2


async def said(publisher: KafkaPublisher, *, wrong: bool) -> bool:
    return (publisher.checks()["broker"] is not None) is wrong


@pytest.mark.parametrize("bootstrap", ["127.0.0.1:1", "127.0.0.1:port"])
async def test_a_broker_that_is_not_there_is_told_at_once(bootstrap: str) -> None:
    began = time.monotonic()
    async with to(bootstrap, TOPIC) as publisher:
        with pytest.raises(Unsent, match=f"cannot reach Kafka at {bootstrap}.*is KAFKA_BOOTSTRAP"):
            await publisher.connected()
    assert time.monotonic() - began < 1


async def test_a_missing_topic_is_named_and_found_once_it_is_there(
    broker: Broker, names: Callable[[str], str]
) -> None:
    late = names("late")
    async with to(broker.bootstrap, late) as publisher:
        with pytest.raises(Unsent, match=f"missing: {late}; create them"):
            await publisher.connected()
        with pytest.raises(Unsent, match=f"missing: {late}"):
            await publisher.publish(event(late))
        await topics.create(broker.bootstrap, [late])
        await publisher.publish(event(late))


GUARDED = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}


def allow(bootstrap: str, topic: str, operation: AclOperation) -> None:
    """Leave everybody this right on a topic, and no other."""
    who = ("User:*", "*", operation, AclPermissionType.ALLOW)
    rule = AclBinding(ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, *who)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_acls([rule])[rule].result(10)


async def test_a_topic_that_this_user_may_not_write_to_is_named(
    new_broker: Callable[[dict[str, str]], Broker],
) -> None:
    guarded = new_broker(GUARDED)
    await asyncio.to_thread(guarded.start)
    await topics.create(guarded.bootstrap, ["seen", "hidden"])
    allow(guarded.bootstrap, "seen", AclOperation.DESCRIBE)
    allow(guarded.bootstrap, "hidden", AclOperation.ALTER_CONFIGS)
    async with to(guarded.bootstrap, "seen") as publisher:
        await publisher.connected()
        with pytest.raises(Refused, match="this user may not write to seen"):
            await publisher.publish(event("seen"))
    async with to(guarded.bootstrap, "hidden") as publisher:
        with pytest.raises(Unsent, match="this user may not write to hidden"):
            await publisher.connected()
