"""Whether processes can report and be commanded; records are carried without that, too."""

from inference.doctor.finding import Finding, Findings, ok, warn
from inference.kafka import KafkaSettings, Topics
from inference.stream import enquiries, topics
from inference.stream.control import topics as control_topics
from inference.stream.enquiries import Right, TopicState

MAKE = "python -m inference topics"


async def look_at_control(kafka: KafkaSettings, settings: Topics) -> Findings:
    """One finding on each of the two topics; nothing here is worse than a warning."""
    plans = control_topics.plan(settings)
    async with topics.open_admin(kafka) as admin:
        states = await enquiries.topic_states(admin)
        there = [plan.name for plan in plans if plan.name in states]
        config = await enquiries.configs(admin, there, ("cleanup.policy",))
    reports, commands = (
        _judge(plan.name, states.get(plan.name), lost)
        for plan, lost in zip(plans, ("report", "hear commands"), strict=True)
    )
    found = [*reports, *commands]
    if settings.status_topic in states:
        found += await _writing(kafka, settings.status_topic, states[settings.status_topic])
        found += _keeping(settings.status_topic, config.get(settings.status_topic, {}))
    return found


def _judge(name: str, state: TopicState | None, lost: str) -> list[Finding]:
    if state is None:
        said = f"is not there, or we may not see it: processes do not {lost}"
        return [warn(f"topic {name}", said, f"run: {MAKE}")]
    return [ok(f"topic {name}", f"{state.partitions} partition(s)")]


def _keeping(name: str, config: dict[str, str]) -> list[Finding]:
    if "compact" in config.get("cleanup.policy", "compact"):
        return []
    said = "is not compacted: the latest reports drown in older ones"
    return [warn(f"topic {name}", said, "set its cleanup.policy to compact,delete")]


async def _writing(kafka: KafkaSettings, name: str, state: TopicState) -> list[Finding]:
    async with enquiries.open_client(kafka) as client:
        right = await enquiries.may_write(client, name, state.leader)
    if right is Right.GRANTED:
        return [ok(f"writing to {name}", "we may")]
    said = f"{right}: processes do not report"
    return [warn(f"writing to {name}", said, f"grant: Write on topic {name}")]
