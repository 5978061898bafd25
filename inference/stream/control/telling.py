"""Publishes commands."""

import asyncio

import structlog

from inference.control import Command
from inference.kafka import KafkaSettings
from inference.stream.control.listening import places
from inference.stream.control.reporting import sending
from inference.stream.enquiries import UNANSWERED

log = structlog.get_logger(__name__)

LIMIT = 2.0


async def publish(kafka: KafkaSettings, topic: str, command: Command) -> None:
    """Returns when the broker has it; raises what a broker may do to one."""
    await places(kafka, topic)
    async with sending(kafka) as producer:
        await producer.send_and_wait(topic, command.model_dump_json().encode())


async def tell(kafka: KafkaSettings, topic: str, command: Command) -> bool:
    """Whether the broker has it, at the latest when `LIMIT` is over; nothing is raised for it."""
    telling = asyncio.create_task(publish(kafka, topic, command))
    await asyncio.wait([telling], timeout=LIMIT)
    if not telling.done():
        # It lets its clients go by itself, which may take longer than anybody should wait here.
        telling.cancel()
        error = TimeoutError.__name__
    elif isinstance(failure := telling.exception(), UNANSWERED):
        error = type(failure).__name__
    else:
        telling.result()
        return True
    log.warning("a command was not published", topic=topic, error=error)
    return False
