"""Questions to the broker that change nothing: who leads, what we may do, how far a group is."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
)
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.produce import ProduceRequest

from inference.kafka import KafkaSettings
from inference.stream.topics import let_go

REQUEST_MS = 5_000
# What any of these questions may end with instead of an answer.
UNANSWERED: tuple[type[Exception], ...] = (KafkaError, OSError, TimeoutError)
# Error codes of the protocol.
NO_TOPIC_RIGHT, NO_GROUP_RIGHT = 29, 30
# Codes that only somebody gets who would have been allowed to: of nothing to write, and of a
# commit in a generation that never was.
NOTHING_WRITTEN = frozenset({2, 87})
NEVER_COMMITTED = frozenset({22, 25})
NO_GENERATION = 2**31 - 1


class Right(StrEnum):
    """What a user may do, as far as it can be seen."""

    GRANTED = "granted"
    DENIED_TOPIC = "denied on the topic"
    DENIED_GROUP = "denied on the consumer group"
    UNKNOWN = "not known"


class TopicState(NamedTuple):
    """A topic as the broker has it; `leader` leads its first partition, or is -1."""

    leader: int
    partitions: int
    replicas: int
    behind: int


class Standing(NamedTuple):
    """How far a group is in one partition; `committed` is None before its first commit."""

    begin: int
    committed: int | None
    end: int

    @property
    def lag(self) -> int:
        """Records that wait."""
        return self.end - max(self.begin, self.committed or 0)


@asynccontextmanager
async def open_client(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaClient]:
    """A client below consumers and producers; raises KafkaError if no broker lets us in."""
    client = AIOKafkaClient(**kafka.client_options(), request_timeout_ms=REQUEST_MS)
    try:
        await client.bootstrap()
        yield client
    finally:
        await let_go(client.close())


def brokers(client: AIOKafkaClient) -> list[tuple[str, int]]:
    """Where the brokers say that they can be reached; clients use nothing else after the first."""
    return [(broker.host, broker.port) for broker in client.cluster.brokers()]


async def topic_states(admin: AIOKafkaAdminClient) -> dict[str, TopicState]:
    """Every topic that this user may see."""
    return {topic["topic"]: _state(topic["partitions"]) for topic in await admin.describe_topics()}


async def configs(
    admin: AIOKafkaAdminClient, names: Sequence[str], keys: Sequence[str]
) -> dict[str, dict[str, str]]:
    """These settings of these topics; topics that we may not ask about are left out."""
    wanted = dict.fromkeys(keys)
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, wanted) for name in names]
    return {
        name: {entry[0]: entry[1] for entry in entries}
        for response in await admin.describe_configs(asked)
        for code, _, _, name, entries in response.resources
        if not code
    }


async def may_write(client: AIOKafkaClient, topic: str, leader: int) -> Right:
    """Asks the broker to write nothing at all, which it refuses for another reason if we may."""
    request = ProduceRequest(None, -1, REQUEST_MS, [(topic, [(0, b"")])])
    response = await client.send(leader, request)
    return _judged(response.topics[0][1][0][1], NOTHING_WRITTEN)


async def may_read(client: AIOKafkaClient, topic: str, group: str, coordinator: int) -> Right:
    """Asks for a commit in a generation that never was; refused for another reason if we may."""
    offsets = [(topic, [(0, 0, "")])]
    request = OffsetCommitRequest(group, NO_GENERATION, "nobody", -1, offsets)
    response = await client.send(coordinator, request)
    return _judged(response.topics[0][1][0][1], NEVER_COMMITTED)


async def coordinator(admin: AIOKafkaAdminClient, group: str) -> int | None:
    """The broker that keeps a group, None if we may not know; a fresh cluster takes a moment."""
    while True:
        try:
            return int(await admin.find_coordinator(group))
        except GroupAuthorizationFailedError:
            return None
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(0.2)


async def members(admin: AIOKafkaAdminClient, group: str, coordinator: int) -> tuple[str, int]:
    """The state of a group, and how many are in it."""
    [response] = await admin.describe_consumer_groups([group], coordinator)
    [described] = response.groups
    return str(described[2]), len(described[5])


async def standings(
    kafka: KafkaSettings, committed: Mapping[TopicPartition, int], topic: str, partitions: int
) -> dict[int, Standing]:
    """How far a group is in every partition of a topic."""
    consumer = AIOKafkaConsumer(**kafka.client_options(), request_timeout_ms=REQUEST_MS)
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    finally:
        await let_go(consumer.stop())
    return {
        place.partition: Standing(begins[place], committed.get(place), ends[place])
        for place in places
    }


async def committed(
    admin: AIOKafkaAdminClient, group: str, coordinator: int, topic: str, partitions: int
) -> dict[TopicPartition, int]:
    """What a group has committed of a topic; a coordinator that still loads takes a moment."""
    places = [TopicPartition(topic, number) for number in range(partitions)]
    while True:
        found = await admin.list_consumer_group_offsets(group, coordinator, places)
        # aiokafka overlooks a loading coordinator's error and leaves out what it was asked for.
        if found.keys() >= set(places):
            return {place: known.offset for place, known in found.items() if known.offset >= 0}
        await asyncio.sleep(0.2)


def _state(partitions: Sequence[Mapping[str, Any]]) -> TopicState:
    return TopicState(
        next((p["leader"] for p in partitions if p["partition"] == 0), -1),
        len(partitions),
        min((len(p["replicas"]) for p in partitions), default=0),
        sum(len(p["isr"]) < len(p["replicas"]) for p in partitions),
    )


def _judged(code: int, granted: frozenset[int]) -> Right:
    if code in granted:
        return Right.GRANTED
    if code == NO_GROUP_RIGHT:
        return Right.DENIED_GROUP
    return Right.DENIED_TOPIC if code == NO_TOPIC_RIGHT else Right.UNKNOWN
