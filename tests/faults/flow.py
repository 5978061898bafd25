"""Records that come all the while, whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer
from answers import Place
from rig import Rig


@asynccontextmanager
async def flowing(
    rig: Rig, text: str = "text", partitions: int = 4, pause: float = 0.02
) -> AsyncIterator[list[Place]]:
    """Sends on and on; the places of all that the broker has, complete when the block has ended."""
    producer = await rig.sender()
    places: list[Place] = []
    task = asyncio.create_task(_send(producer, rig.requests, places, (text, partitions, pause)))
    try:
        yield places
    finally:
        task.cancel()
        await asyncio.wait([task])
        await producer.flush()


async def _send(
    producer: AIOKafkaProducer, topic: str, places: list[Place], how: tuple[str, int, float]
) -> None:
    def acknowledged(sent: asyncio.Future[Any]) -> None:
        places.append((sent.result().partition, sent.result().offset))

    text, partitions, pause = how
    number = 0
    while True:
        data = f"{text} {number}".encode()
        sent = await producer.send(topic, data, partition=number % partitions)
        sent.add_done_callback(acknowledged)
        number += 1
        await asyncio.sleep(pause)
