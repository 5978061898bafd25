"""The aiokafka clients of a worker, configured and started; while the broker is away they wait."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from inference.kafka import KafkaSettings
from inference.settings import ReaderSettings
from inference.stream.line import Producer
from inference.stream.publisher import OVERHEAD

log = structlog.get_logger(__name__)

Opening = Callable[[], Awaitable[Producer]]

RETRY_PAUSE = 1.0
COMMIT_LIMIT = 10.0
LARGEST_PRODUCE_BATCH = 512 * 1024
# No poll interval guards a worker: one failed fetch would disable it for good. The watchdog does.
NEVER = 2**31 - 1


async def started(client: AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient) -> None:
    """Connects, as soon as there is a broker."""
    while True:
        try:
            await client.start()
        except (KafkaError, OSError) as error:
            log.warning("no broker yet", error=type(error).__name__)
            await asyncio.sleep(RETRY_PAUSE)
        else:
            return


def consumer(
    kafka: KafkaSettings, reader: ReaderSettings, group: str, drain: float
) -> AIOKafkaConsumer:
    """A group member that commits by hand and may take its time to leave a partition."""
    return AIOKafkaConsumer(
        **kafka.client_options(),
        group_id=group,
        group_instance_id=reader.group_instance_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        session_timeout_ms=int(reader.session_timeout * 1000),
        heartbeat_interval_ms=int(reader.session_timeout * 250),
        # By default the session timeout: a longer drain would cost the membership.
        rebalance_timeout_ms=int((drain + COMMIT_LIMIT + 10) * 1000),
        max_poll_interval_ms=NEVER,
        request_timeout_ms=int(reader.request_timeout * 1000),
        max_partition_fetch_bytes=reader.fetch_partition_bytes,
        fetch_max_bytes=reader.fetch_bytes,
        # How soon a topic that was created again, or has grown, is seen.
        metadata_max_age_ms=10_000,
    )


def admin(kafka: KafkaSettings) -> AIOKafkaAdminClient:
    """For what consumers cannot ask: marks in commits, topics and their limits."""
    return AIOKafkaAdminClient(**kafka.client_options())


def producers(kafka: KafkaSettings, reader: ReaderSettings, most_bytes: int) -> Opening:
    """Opens idempotent producers, whose produce batches stay below what any of the topics takes."""

    async def open_producer() -> Producer:
        producer: Producer = AIOKafkaProducer(
            **kafka.client_options(),
            acks="all",
            enable_idempotence=True,
            compression_type=reader.compression,
            max_batch_size=min(LARGEST_PRODUCE_BATCH, most_bytes - OVERHEAD),
            max_request_size=NEVER,
            request_timeout_ms=int(reader.request_timeout * 1000),
        )
        await started(producer)
        return producer

    return open_producer
