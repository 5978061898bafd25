"""Records that the client cannot take apart: looked for one by one, then passed over with a sign.

A header whose name is not UTF-8 makes aiokafka raise in the middle of a fetch, at that record and
at all behind it in the same produce batch. Nobody must be able to stop a partition with it, and
nothing may be passed over in silence.
"""

import asyncio
from collections.abc import Iterable

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from inference import metrics
from inference.contract import UNREADABLE
from inference.stream.batch import Records

log = structlog.get_logger(__name__)

WAIT_MS = 200

Found = dict[TopicPartition, Records]


async def one_by_one(
    consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition], most: int
) -> Found:
    """The next records of each partition, with a sign in the place of each that cannot be read."""
    wanted = list(partitions)
    found = await asyncio.gather(*(_step(consumer, tp, most) for tp in wanted))
    return {tp: records for tp, records in zip(wanted, found, strict=True) if records}


async def _step(
    consumer: AIOKafkaConsumer, tp: TopicPartition, most: int
) -> list["ConsumerRecord[bytes, bytes]"]:
    records: list[ConsumerRecord[bytes, bytes]] = []
    while len(records) < most:
        try:
            got = await consumer.getmany(tp, timeout_ms=WAIT_MS, max_records=1)
        except UnicodeDecodeError:
            # Nothing before it is left to be read, so it is the one at the position.
            offset = await consumer.position(tp)
            consumer.seek(tp, offset + 1)
            records.append(_sign(tp, offset))
            continue
        if tp not in got:
            break
        records += got[tp]
    return records


def _sign(tp: TopicPartition, offset: int) -> "ConsumerRecord[bytes, bytes]":
    metrics.UNREADABLE.inc()
    log.error("unreadable record", topic=tp.topic, partition=tp.partition, offset=offset)
    return ConsumerRecord(
        topic=tp.topic,
        partition=tp.partition,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=None,
        value=None,
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=-1,
        headers=((UNREADABLE, b""),),
    )
