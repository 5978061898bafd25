"""Records onto a real broker, a consumption that reads them, and what became of them."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial

from aiokafka import AIOKafkaProducer
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.record.util import calc_crc32c
from sqlalchemy import Connection, Table, func, select

from consumer import connection
from consumer.condition import Condition
from consumer.consume import Consumption
from consumer.keeping import Keeper
from consumer.settings import ConsumerSettings
from consumer.store.store import Store
from inference.contract import Arrival
from inference.kafka import KafkaSettings, Topics

LIMIT = 60.0


async def publish(kafka: KafkaSettings, topic: str, records: Iterable[Arrival]) -> None:
    """Returns when the broker has them."""
    async with AIOKafkaProducer(**kafka.client_options(), acks="all") as producer:
        sent = [
            await producer.send(topic, r.value, key=r.key, headers=list(r.headers)) for r in records
        ]
        await asyncio.gather(*sent)


async def publish_spoilt(kafka: KafkaSettings, topic: str, count: int) -> None:
    """One produce batch of records, in each of which the name of a header is no UTF-8."""
    # Not idempotent: then nobody writes into the batch once it is built.
    async with AIOKafkaProducer(**kafka.client_options()) as producer:
        batch = producer.create_batch()
        for _ in range(count):
            batch.append(timestamp=None, key=None, value=b"{}", headers=[("ZZ", b"")])
        batch.close()
        batch._build()  # the client has no other way to write such a record
        data = bytearray(bytes(batch._buffer).replace(b"ZZ", b"\xff\xfe"))
        struct.pack_into(">I", data, 17, calc_crc32c(bytes(data[21:])))  # the checksum of it all
        batch._buffer = data
        await (await producer.send_batch(batch, topic, partition=0))


@asynccontextmanager
async def consuming(
    kafka: KafkaSettings, topics: Topics, store: Store, **changes: object
) -> AsyncIterator[Condition]:
    """A consumption that is stopped in order at the end of the block."""
    settings = ConsumerSettings.model_validate({"commit_interval": 0.2, **changes})
    condition, stop = Condition(settings.stuck_after), asyncio.Event()
    keeper = Keeper(store, condition, frozenset({"echo"}))
    running = asyncio.create_task(Consumption(kafka, topics, settings, keeper).run(stop))
    try:
        yield condition
    finally:
        stop.set()
        await asyncio.wait_for(running, LIMIT)


async def count(store: Store, table: Table) -> int:
    """How many rows a table has."""
    rows = select(func.count()).select_from(table)
    return await store.ask(partial(Connection.scalar, statement=rows)) or 0


async def committed(kafka: KafkaSettings, group: str = "penstock-consumer", *topics: str) -> int:
    """How many records of these topics a group has committed."""
    async with connection.admin(kafka) as admin:
        try:
            offsets = await admin.list_consumer_group_offsets(group)
        except GroupCoordinatorNotAvailableError:  # of a broker that has just begun
            return 0
    return sum(at.offset for tp, at in offsets.items() if tp.topic in topics)


async def until(holds: Callable[[], Awaitable[bool]], limit: float = LIMIT) -> None:
    """Returns once it holds; fails after the limit."""
    end = time.monotonic() + limit
    while not await holds():
        assert time.monotonic() < end, f"{holds} did not come to hold in {limit} s"
        await asyncio.sleep(0.05)
