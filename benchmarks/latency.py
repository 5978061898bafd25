"""Broker to broker while idle: from a question's timestamp to the acknowledgement of its answer."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from benchmarks.broker import PARTITIONS, arrived, create
from benchmarks.processes import running
from benchmarks.table import Row

RECORDS = 1000
PAUSE = 0.01
WARM = 100
WANTED_MS = 15.0


async def idle(bootstrap: str) -> Row:
    """One record at a time, each on its own; the broker's clock on both sides."""
    names = ["latency.requests", "latency.results", "latency.letters"]
    await create(bootstrap, names, {"message.timestamp.type": "LogAppendTime"})
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": '{"echo": "latency.requests"}',
        "RESULTS_TOPIC": names[1],
        "DEAD_LETTERS_TOPIC": names[2],
        "KAFKA_GROUP": "latency",
    }
    async with running("-m", "inference", "work", "echo", **settings):
        await _ask(bootstrap, names[0], WARM)
        await arrived(bootstrap, names[1], WARM)
        asked = await _ask(bootstrap, names[0], RECORDS)
        answered = await _answers(bootstrap, names[1])
    waits = sorted(answered[key] - asked[key] for key in asked)
    p50, p99 = (float(waits[int(len(waits) * share)]) for share in (0.5, 0.99))
    what = f"idle latency broker to broker, echo lane, p99 (p50 {p50:.0f} ms); bound 15 ms"
    return Row(what, p99, WANTED_MS, WANTED_MS / max(p99, 0.5), "ms", 1.0)


async def _ask(bootstrap: str, topic: str, count: int) -> dict[bytes, int]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    asked = {}
    for number in range(count):
        key = b"%d of %d" % (number, count)
        sent = await producer.send_and_wait(topic, b"hello", key=key)
        asked[key] = sent.timestamp
        await asyncio.sleep(PAUSE)
    await producer.stop()
    return asked


async def _answers(bootstrap: str, topic: str) -> dict[bytes, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    consumer.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
    await consumer.seek_to_beginning()
    answered: dict[bytes, int] = {}
    while len(answered) < RECORDS:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            answered |= {r.key: r.timestamp for r in records if r.key.endswith(b"%d" % RECORDS)}
    await consumer.stop()
    return answered
