"""A header whose name is not UTF-8: the client raises in the middle of a fetch."""

import struct

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c
from rig import Rig

pytestmark = pytest.mark.kafka

CRC_AT, CRC_OF = 17, 21


async def send_spoilt(bootstrap: str, topic: str, *values: bytes) -> None:
    """One produce batch, in which the header of each record has two bytes that are no text."""
    # Not idempotent: then nobody writes into the batch once it is built.
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        batch = producer.create_batch()
        for value in values:
            batch.append(timestamp=None, key=None, value=value, headers=[("ZZ", b"")])
        batch.close()
        batch._build()
        data = bytearray(bytes(batch._buffer).replace(b"ZZ", b"\xff\xfe"))
        struct.pack_into(">I", data, CRC_AT, calc_crc32c(bytes(data[CRC_OF:])))
        batch._buffer = data
        await (await producer.send_batch(batch, topic, partition=0))


async def test_a_record_that_cannot_be_taken_apart_stops_nobody_and_is_not_lost(rig: Rig) -> None:
    await rig.create_all()
    answers = await rig.listen()
    before = await rig.send([f"before {n}" for n in range(50)], range(4))
    await send_spoilt(rig.bootstrap, rig.requests, b"one", b"two")
    after = await rig.send([f"after {n}" for n in range(50)], range(4))
    worker = await rig.worker()
    spoilt = {(0, 13), (0, 14)}
    await answers.to([*before, *after, *spoilt])
    assert answers.dead_letters.keys() == spoilt
    assert {a.reason for a in answers.dead_letters.values()} == {"malformed"}
    assert all(a.headers["dlq.ref"] for a in answers.dead_letters.values())
    assert answers.in_order
    assert worker.running
