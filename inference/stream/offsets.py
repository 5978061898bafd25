"""Commits with their marks, one at a time and never without a time limit."""

import asyncio
from collections.abc import Collection, Iterable

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CommitFailedError,
    GroupLoadInProgressError,
    IllegalStateError,
    KafkaError,
)
from aiokafka.structs import OffsetAndMetadata

from inference import metrics
from inference.stream.assignment import Assignment, Commit, Commits

log = structlog.get_logger(__name__)


class Offsets:
    """What the group has committed, read and written for this worker's assignment."""

    def __init__(
        self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient, group: str, limit: float
    ) -> None:
        self._consumer, self._admin, self._group, self._limit = consumer, admin, group, limit
        self._lock = asyncio.Lock()

    async def read(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, Commit]:
        """Where the group stands: its commit, or where it never committed the beginning."""
        async with asyncio.timeout(self._limit):
            asked = list(partitions)
            found = await self._admin.list_consumer_group_offsets(self._group, partitions=asked)
            if not found.keys() >= set(asked):
                # aiokafka overlooks the error of a coordinator that is still loading, and answers
                # with nothing. Taken at its word, the group would begin anew.
                raise GroupLoadInProgressError
            stands = {
                tp: (found[tp].offset, found[tp].metadata or "")
                for tp in asked
                if found[tp].offset >= 0
            }
            new = [tp for tp in asked if tp not in stands]
            begins = await self._consumer.beginning_offsets(new) if new else {}
        return stands | {tp: (offset, "") for tp, offset in begins.items()}

    async def progress(self, assignment: Assignment, *, leaving: bool = False) -> bool:
        """Commits what was published since the last time."""
        async with self._lock:
            return await self._write(assignment, assignment.to_commit(leaving=leaving))

    async def mark(self, assignment: Assignment, partitions: Iterable[TopicPartition]) -> bool:
        """Commits marks before the first records of their partitions are handed out."""
        async with self._lock:
            return await self._write(assignment, assignment.to_mark(partitions))

    async def _write(self, assignment: Assignment, commits: Commits) -> bool:
        if not commits:
            return True
        wanted = {tp: OffsetAndMetadata(offset, mark) for tp, (offset, mark) in commits.items()}
        try:
            async with asyncio.timeout(self._limit):
                await self._consumer.commit(wanted)
        except (CommitFailedError, IllegalStateError) as error:
            # No longer ours: the new owner begins where we have committed before.
            return self._failed(error)
        except (KafkaError, TimeoutError) as error:
            return self._failed(error)
        assignment.committed(commits)
        return True

    def _failed(self, error: Exception) -> bool:
        metrics.COMMIT_FAILURES.inc()
        log.warning("commit failed", error=type(error).__name__)
        return False
