"""Whether the topics are there, take what they must, and may be read and written by us."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inference.contract import Contract
from inference.doctor.finding import Finding, Findings, fail, ok, warn
from inference.kafka import KafkaSettings, Topics
from inference.stream import enquiries, topics
from inference.stream.enquiries import Right, TopicState
from inference.stream.topics import MAX_BYTES, TopicPlan

RETENTION, POLICY = "retention.ms", "cleanup.policy"
HOUR_MS = 3_600_000
MAKE = "python -m inference topics"


class Seen(NamedTuple):
    """A topic of ours as the broker has it; `config` is empty where we may not ask."""

    plan: TopicPlan
    state: TopicState | None
    config: Mapping[str, str]


async def look_at_topics(
    kafka: KafkaSettings, settings: Topics, contracts: Sequence[Contract[Any, Any]]
) -> Findings:
    """One finding on each topic, and more on what is wrong with it."""
    plans = topics.plan(contracts, settings)
    async with topics.open_admin(kafka) as admin:
        states = await enquiries.topic_states(admin)
        there = [plan.name for plan in plans if plan.name in states]
        config = await enquiries.configs(admin, there, (MAX_BYTES, RETENTION, POLICY))
    seen = [Seen(p, states.get(p.name), config.get(p.name, {})) for p in plans]
    return [finding for one in seen for finding in _judge(one)] + await _writing(
        kafka, [one for one in seen[-2:] if one.state is not None]
    )


def _judge(seen: Seen) -> list[Finding]:
    name, state = f"topic {seen.plan.name}", seen.state
    if state is None:
        return [fail(name, "is not there, or we may not see it", f"run: {MAKE}")]
    said = f"{state.partitions} partitions, {state.replicas} replica(s)"
    findings = [*_sizes(name, seen), *_keeping(name, seen), *_health(name, state)]
    return findings or [
        ok(name, f"{said}, takes {seen.config.get(MAX_BYTES, 'an unknown number of')} bytes")
    ]


def _sizes(name: str, seen: Seen) -> list[Finding]:
    if MAX_BYTES not in seen.config:
        advice = "grant DescribeConfigs on it, or see yourself that it is large enough"
        return [
            warn(
                name, f"we may not see its limit; it must take {seen.plan.max_bytes} bytes", advice
            )
        ]
    most = int(seen.config[MAX_BYTES])
    if most >= seen.plan.max_bytes:
        return []
    said = f"takes {most} bytes, {seen.plan.max_bytes} are promised"
    return [fail(name, said, f"set its {MAX_BYTES} to {seen.plan.max_bytes}")]


def _keeping(name: str, seen: Seen) -> list[Finding]:
    found, wanted = seen.config.get(RETENTION), int(seen.plan.config[RETENTION])
    if "compact" in seen.config.get(POLICY, ""):
        said = "is compacted: of the records with one key all but the last may vanish unread"
        return [fail(name, said, f"set its {POLICY} to delete")]
    if found is not None and (int(found) < 0 or int(found) > wanted):
        said = f"keeps records longer than the {wanted // HOUR_MS} hours that are set"
        return [warn(name, said, f"set its {RETENTION} to {wanted}, or TOPIC_RETENTION_HOURS*")]
    return []


def _health(name: str, state: TopicState) -> list[Finding]:
    if state.leader < 0:
        return [fail(name, "has partitions that no broker leads", "look at the brokers")]
    if state.behind:
        said = f"{state.behind} partition(s) have a replica that is behind"
        return [warn(name, said, "look at the brokers")]
    return []


async def _writing(kafka: KafkaSettings, outputs: Sequence[Seen]) -> list[Finding]:
    findings = []
    async with enquiries.open_client(kafka) as client:
        for name, state in ((one.plan.name, one.state) for one in outputs):
            assert state is not None
            right = await enquiries.may_write(client, name, state.leader)
            findings.append(_judge_right(f"writing to {name}", right, f"Write on topic {name}"))
    return findings


def _judge_right(about: str, right: Right, needed: str) -> Finding:
    if right is Right.GRANTED:
        return ok(about, "we may")
    if right is Right.UNKNOWN:
        return warn(about, "whether we may, the broker does not say", f"see that we have: {needed}")
    return fail(about, f"{right}", f"grant: {needed}")
