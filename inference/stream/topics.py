"""Which topics there must be, how large their records may be, and whether the broker has them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from inference import lanes as found
from inference.contract import Contract
from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Topics

log = structlog.get_logger(__name__)

KIB = 1024
# What headers, key and the produce batch itself need beside the value.
ROOM = 64 * KIB
# A result is a JSON document; the largest lane stays far below this.
RESULT_BYTES = 1024 * KIB
# A burst is a smaller one.
BURST_BYTES = 64 * KIB
MAX_BYTES = "max.message.bytes"
# Answers about topics take milliseconds; a broker that hangs must be told apart soon.
REQUEST_MS = 10_000
PAUSE = 1.0
CLOSE_LIMIT = 3.0
ALREADY_THERE = 36
NO_RIGHT = frozenset({29, 31})

Ready = Callable[[str | None], None]


class TopicPlan(NamedTuple):
    """A topic as it is created when it is missing."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]

    @property
    def max_bytes(self) -> int:
        """The largest produce batch that it must take."""
        return int(self.config[MAX_BYTES])


class Made(NamedTuple):
    """What `create` did, found (with the number of partitions), and found wanting (sentences)."""

    created: list[str]
    found: dict[str, int]
    too_small: list[str]


def plan(contracts: Iterable[Contract[Any, Any]], topics: Topics) -> list[TopicPlan]:
    """A request topic for each lane, and one for bursts if it looks for them; then what they share.

    These are the results and the dead letters, and they come last.
    """
    lanes = [topics.bounded(contract) for contract in contracts]
    requests = [
        _planned(topics.requests(c.lane), c.max_bytes + ROOM, topics.retention([c]), topics)
        for c in lanes
    ]
    largest = max((request.max_bytes for request in requests), default=RESULT_BYTES)
    shared = topics.retention(lanes)
    kept = topics.retention(lanes, topics.topic_retention_hours_dead_letters)
    return [
        *requests,
        *_bursts(lanes, topics),
        _planned(topics.results_topic, RESULT_BYTES, shared, topics),
        _planned(topics.dead_letters_topic, largest + ROOM, kept, topics),
    ]


@asynccontextmanager
async def open_admin(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that asks about topics and creates them; raises KafkaError if no broker answers."""
    admin = AIOKafkaAdminClient(**kafka.client_options(), request_timeout_ms=REQUEST_MS)
    try:
        await admin.start()
        yield admin
    finally:
        await let_go(admin.close())


async def let_go(closing: Awaitable[object]) -> None:
    """A client that cannot end, or ends badly, since its broker hangs, keeps nobody."""
    task = asyncio.ensure_future(closing)
    await asyncio.wait([task], timeout=CLOSE_LIMIT)
    if task.done() and not task.cancelled() and task.exception() is not None:
        log.info("a client ended badly", error=type(task.exception()).__name__)


async def partitions(admin: AIOKafkaAdminClient) -> dict[str, int]:
    """Every topic that this user may see and that is led, with the number of its partitions."""
    # Asking for all of them: a broker may create a topic that is asked for by its name.
    return {
        topic["topic"]: len(topic["partitions"])
        for topic in await admin.describe_topics()
        if all(partition["leader"] >= 0 for partition in topic["partitions"])
    }


async def limits(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, int]:
    """The largest produce batch that each topic takes; those that we may not ask are left out."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, {MAX_BYTES: None}) for name in names]
    found: dict[str, int] = {}
    for response in await admin.describe_configs(asked):
        for code, _, _, name, entries in response.resources:
            if code:
                log.info("cannot see a topic's limits", topic=name, error=for_code(code).__name__)
            else:
                found[name] = int(entries[0][1])
    return found


def too_small(limits: Mapping[str, int], plans: Iterable[TopicPlan]) -> list[str]:
    """A sentence for each topic whose limit breaks what the lanes promise."""
    return [
        f"topic {plan.name} takes {limits[plan.name]} bytes and needs {plan.max_bytes}: "
        f"set its {MAX_BYTES} to {plan.max_bytes}"
        for plan in plans
        if limits.get(plan.name, plan.max_bytes) < plan.max_bytes
    ]


async def create(kafka: KafkaSettings, plans: Sequence[TopicPlan]) -> Made:
    """Creates what is missing; raises Misconfigured with what it could not create, and why."""
    async with open_admin(kafka) as admin:
        there = await partitions(admin)
        missing = [plan for plan in plans if plan.name not in there]
        raced = await _create(admin, missing) if missing else {}
        found = {p.name: there[p.name] for p in plans if p.name in there} | raced
        created = [plan.name for plan in missing if plan.name not in raced]
        return Made(created, found, too_small(await limits(admin, list(found)), plans))


async def wait_for(kafka: KafkaSettings, names: Sequence[str], tell: Ready) -> None:
    """Returns once all topics are there; until then `tell` gets a sentence on what is missing."""
    while True:
        trouble = await _missing(kafka, names)
        tell(trouble)
        if trouble is None:
            return
        log.warning("waiting for topics", trouble=trouble)
        await asyncio.sleep(PAUSE)


async def _missing(kafka: KafkaSettings, names: Sequence[str]) -> str | None:
    try:
        async with open_admin(kafka) as admin:
            there = await partitions(admin)
    except (KafkaError, OSError, TimeoutError) as error:
        return f"no broker answers at {kafka.bootstrap_servers} ({type(error).__name__})"
    missing = [name for name in names if name not in there]
    if not missing:
        return None
    return f"missing topics: {', '.join(missing)}; `python -m inference topics` creates them"


def _planned(name: str, max_bytes: int, hours: float, topics: Topics) -> TopicPlan:
    config = {
        "cleanup.policy": "delete",
        MAX_BYTES: str(max_bytes),
        "retention.ms": str(int(hours * 3_600_000)),
    }
    if topics.topic_replication > 2:  # noqa: PLR2004 - below three, one lost broker would stop writes
        config["min.insync.replicas"] = "2"
    return TopicPlan(name, topics.topic_partitions, topics.topic_replication, config)


def _bursts(lanes: Iterable[Contract[Any, Any]], topics: Topics) -> list[TopicPlan]:
    kept = [(contract, found.figures(contract.lane)) for contract in lanes]
    return [
        _planned(topics.bursts(c.lane, f.bursts.topic), BURST_BYTES, topics.retention([c]), topics)
        for c, f in kept
        if f and f.bursts
    ]


async def _create(admin: AIOKafkaAdminClient, plans: Sequence[TopicPlan]) -> dict[str, int]:
    """Gives back those that somebody else had created meanwhile."""
    response = await admin.create_topics(
        [NewTopic(p.name, p.partitions, p.replication, topic_configs=p.config) for p in plans]
    )
    failed = {name: (code, said) for name, code, said in response.topic_errors if code}
    raced = {p.name: p.partitions for p in plans if failed.get(p.name, (0,))[0] == ALREADY_THERE}
    refused = {name: why for name, why in failed.items() if name not in raced}
    if refused:
        raise Misconfigured(_refusal(refused, plans))
    return raced


def _refusal(refused: Mapping[str, tuple[int, str | None]], plans: Sequence[TopicPlan]) -> str:
    forbidden = [plan for plan in plans if refused.get(plan.name, (0, ""))[0] in NO_RIGHT]
    if forbidden:
        wanted = "; ".join(
            f"{p.name} ({p.partitions} partitions, {MAX_BYTES}={p.max_bytes})" for p in forbidden
        )
        return f"missing topics that this user may not create, have them created: {wanted}"
    name, (code, said) = next(iter(refused.items()))
    return f"topic {name} cannot be created: {said or for_code(code).__name__}"
