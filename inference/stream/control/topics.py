"""The topics of reports and commands: made with the others, and missed by no record."""

from collections.abc import Iterable
from typing import NamedTuple

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from inference.kafka import KafkaSettings, Topics
from inference.stream.topics import ALREADY_THERE, KIB, MAX_BYTES, TopicPlan, open_admin, partitions

log = structlog.get_logger(__name__)

DAY_MS = "86400000"
# Living processes report every few seconds; of those that died, the last report goes after a day.
STATUS = {
    "cleanup.policy": "compact,delete",
    "retention.ms": DAY_MS,
    MAX_BYTES: str(256 * KIB),
    # Only what is in closed segments is compacted, and whoever looks reads all that is left.
    "segment.bytes": str(4096 * KIB),
    "segment.ms": "600000",
    "min.cleanable.dirty.ratio": "0.1",
}
CONTROL = {"cleanup.policy": "delete", "retention.ms": DAY_MS, MAX_BYTES: str(64 * KIB)}
# What every broker that may refuse some of the above takes.
PLAINEST = {"cleanup.policy": "compact"}
# Error codes of the protocol: a setting that is not allowed, by the broker or by a policy.
SETTINGS_REFUSED = frozenset({40, 44})


class MadeControl(NamedTuple):
    """What was done about a topic: `refused` says why it could not be made."""

    plan: TopicPlan
    found: int | None = None
    refused: str | None = None


def plan(topics: Topics) -> list[TopicPlan]:
    """The topic of reports, and that of commands."""
    return [
        TopicPlan(topics.status_topic, 1, topics.topic_replication, STATUS),
        TopicPlan(topics.control_topic, 1, topics.topic_replication, CONTROL),
    ]


async def create(
    kafka: KafkaSettings, plans: Iterable[TopicPlan], *, dry: bool = False
) -> list[MadeControl]:
    """Creates what is missing, unless it is only asked; that it may not is said, and no failure."""
    async with open_admin(kafka) as admin:
        there = await partitions(admin)
        return [
            MadeControl(one, there.get(one.name))
            if dry or one.name in there
            else await _create(admin, one)
            for one in plans
        ]


async def _create(admin: AIOKafkaAdminClient, wanted: TopicPlan) -> MadeControl:
    code = await _ask(admin, wanted)
    if code in SETTINGS_REFUSED and "compact" in wanted.config["cleanup.policy"]:
        log.info("a topic is made with the broker's own settings", topic=wanted.name)
        wanted = wanted._replace(config=PLAINEST)
        code = await _ask(admin, wanted)
    if code in (0, ALREADY_THERE):
        return MadeControl(wanted, wanted.partitions if code else None)
    return MadeControl(wanted, refused=for_code(code).__name__)


async def _ask(admin: AIOKafkaAdminClient, wanted: TopicPlan) -> int:
    """The code with which the broker answers; 0 when it is made."""
    new = NewTopic(
        wanted.name, wanted.partitions, wanted.replication, topic_configs=dict(wanted.config)
    )
    response = await admin.create_topics([new])
    return int(response.topic_errors[0][1])
