"""Whether a lane's consumer group may read and commit, who is in it, and how far it is."""

from collections.abc import Mapping

from inference.doctor.finding import Finding, Findings, fail, ok, warn
from inference.kafka import KafkaSettings
from inference.stream import enquiries, topics
from inference.stream.enquiries import Right, Standing

STATES = {
    "Dead": "nobody has read with it yet",
    "Empty": "nobody reads",
    "Stable": "in order",
    "PreparingRebalance": "partitions are being handed over",
    "CompletingRebalance": "partitions are being handed over",
}


async def look_at_group(kafka: KafkaSettings, topic: str, group: str) -> Findings:
    """Rights, members and lag; of a topic that is not there nothing is said here."""
    about = f"group {group}"
    async with topics.open_admin(kafka) as admin:
        state = (await enquiries.topic_states(admin)).get(topic)
        if state is None:
            return []
        coordinator = await enquiries.coordinator(admin, group)
        right = await _right(kafka, topic, group, coordinator)
        if right is not Right.GRANTED or coordinator is None:
            advice = f"grant: Read on topic {topic}, Read on group {group}"
            return [fail(about, f"reading and committing: {right}", advice)]
        described, count = await enquiries.members(admin, group, coordinator)
        committed = await enquiries.committed(admin, group, coordinator, topic, state.partitions)
        standings = await enquiries.standings(kafka, committed, topic, state.partitions)
    return [_judge_members(about, described, count, standings), *_judge_expired(about, standings)]


async def _right(kafka: KafkaSettings, topic: str, group: str, coordinator: int | None) -> Right:
    if coordinator is None:
        return Right.DENIED_GROUP
    async with enquiries.open_client(kafka) as client:
        return await enquiries.may_read(client, topic, group, coordinator)


def _judge_members(
    about: str, state: str, members: int, standings: Mapping[int, Standing]
) -> Finding:
    lag = sum(standing.lag for standing in standings.values())
    said = f"{members} worker(s), {lag} record(s) wait"
    if not members and lag:
        return warn(about, said, "start a worker: python -m inference work LANE")
    if members > len(standings):
        advice = "a partition has one reader: start fewer workers, or make more partitions"
        return warn(about, f"{members} workers share {len(standings)} partitions", advice)
    return ok(about, f"{said}, {STATES.get(state, state)}")


def _judge_expired(about: str, standings: Mapping[int, Standing]) -> list[Finding]:
    lost = sum(
        standing.begin - standing.committed
        for standing in standings.values()
        if standing.committed is not None and standing.committed < standing.begin
    )
    if not lost:
        return []
    advice = "keep the topic longer (retention.ms), or run more workers"
    return [warn(about, f"{lost} record(s) expired before they were read", advice)]
