"""What the echo lane is held against: the plainest aiokafka loop, getmany, send, commit."""

import asyncio
import sys

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

CAP = 512


async def main(bootstrap: str, source: str, target: str, group: str) -> None:
    """Copies records for ever."""
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    await consumer.start()
    await producer.start()
    while True:
        batches = await consumer.getmany(timeout_ms=200, max_records=CAP)
        sent = [
            await producer.send(target, record.value, key=record.key)
            for records in batches.values()
            for record in records
        ]
        if sent:
            await asyncio.gather(*sent)
            await consumer.commit()


if __name__ == "__main__":
    start = uvloop.run if sys.argv[5] == "uvloop" else asyncio.run
    start(main(*sys.argv[1:5]))
