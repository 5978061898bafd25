from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from rig import Rig, rigged
from workers import total

from local.kafka import Broker

pytestmark = pytest.mark.kafka

SERIES = [
    "inference_requests_total",
    "inference_success_total",
    "inference_dead_letters_total",
    "inference_duration_seconds_bucket",
    "inference_stage_duration_seconds_bucket",
    "inference_end_to_end_seconds_bucket",
    "inference_batch_size_bucket",
    "active_inference_tasks",
    "kafka_consumer_lag",
    "kafka_consumer_lag_seconds",
]


async def lags(rig: Rig, partitions: int = 4) -> dict[str, float]:
    """The truth: end less committed, asked by somebody else."""
    consumer = AIOKafkaConsumer(bootstrap_servers=rig.bootstrap, group_id=rig.group)
    await consumer.start()
    try:
        places = [TopicPartition(rig.requests, n) for n in range(partitions)]
        ends = await consumer.end_offsets(places)
        return {str(tp.partition): ends[tp] - (await consumer.committed(tp) or 0) for tp in places}
    finally:
        await consumer.stop()


async def test_the_lag_is_told_while_everything_else_stands_still(
    broker: Broker, tmp_path: Path
) -> None:
    """And a worker whose gate is closed is not ready, says why, and goes on by itself."""
    shut = tmp_path / "shut"
    shut.touch()
    async with rigged(broker.bootstrap, tmp_path, lane="tap") as rig:
        await rig.create_all()
        answers = await rig.listen()
        worker = await rig.worker(TAP_SHUT=str(shut), BREAKER_PAUSE=0.5)
        await worker.until_ready()
        places = await rig.send([f"text {n}" for n in range(1000)], [0, 1, 2, 2])
        await worker.until_metric("kafka_consumer_lag", lambda lag: lag == 1000, 5)
        text = await worker.metrics()
        told = {n: total(text, "kafka_consumer_lag", {"partition": n}) for n in "0123"}
        assert told == await lags(rig) == {"0": 250, "1": 250, "2": 500, "3": 0}
        assert "the tap is shut" in ((await worker.checks())["rungs"] or "")
        assert await worker.status("/health/ready") == 503
        assert await worker.status("/health/live") == 200
        second = await rig.worker(TAP_SHUT=str(shut), BREAKER_PAUSE=0.5)
        await second.until_metric("kafka_consumer_lag", lambda lag: lag > 0, 30)
        shut.unlink()
        await answers.to(places, 20)
        assert answers.in_order
        await worker.until_metric("kafka_consumer_lag", lambda lag: lag == 0, 10)


async def test_every_metric_that_is_promised_is_there(rig: Rig) -> None:
    await rig.create_all()
    answers = await rig.listen()
    worker = await rig.worker()
    await answers.to(await rig.send(["good", b"\xff bad", "!refuse", "good"]))
    await worker.until_metric("kafka_consumer_lag", lambda lag: lag == 0, 20)
    text = await worker.metrics()
    assert [name for name in SERIES if f"{name}{{" not in text] == []
    assert total(text, "inference_requests_total", {"lane": "echo"}) == 4
    assert total(text, "inference_success_total", {"lane": "echo"}) == 2
    for reason in ("malformed", "refused"):
        assert total(text, "inference_dead_letters_total", {"reason": reason}) == 1
    assert total(text, "inference_end_to_end_seconds_count", {"lane": "echo"}) == 4
    steps = [total(text, "inference_batches_total", {"step": s}) for s in ("carried", "published")]
    assert steps[0] == steps[1] > 0
    assert total(text, "active_inference_tasks", {}) == 0
