"""A record whose header has no name that is text: the client raises in the middle of a fetch."""

import struct

from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

CRC_AT, CRC_OF = 17, 21


async def send_spoilt(bootstrap: str, topic: str) -> None:
    # Not idempotent: then nobody writes into the batch once it is built.
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        batch = producer.create_batch()
        batch.append(timestamp=None, key=None, value=b"secret", headers=[("ZZ", b"")])
        batch.close()
        batch._build()
        data = bytearray(bytes(batch._buffer).replace(b"ZZ", b"\xff\xfe"))
        struct.pack_into(">I", data, CRC_AT, calc_crc32c(bytes(data[CRC_OF:])))
        batch._buffer = data
        await (await producer.send_batch(batch, topic, partition=0))
