"""The reading side of a consumer in memory: partitions with records, taken in order."""

import asyncio
import contextlib
from collections.abc import Mapping

from aiokafka import ConsumerRecord, TopicPartition
from traffic import place, record

Found = dict[TopicPartition, list["ConsumerRecord[bytes, bytes]"]]


class MemoryConsumer:
    """Gives what is there, first partition first, as `AIOKafkaConsumer.getmany` does."""

    def __init__(self, waiting: Mapping[int, int]) -> None:
        self.waiting = {place(partition): count for partition, count in waiting.items()}
        self.positions = dict.fromkeys(self.waiting, 0)
        self.arrived = asyncio.Event()
        self.waited: list[int] = []

    def add(self, partition: int, count: int) -> None:
        self.waiting[place(partition)] += count
        self.arrived.set()

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int
    ) -> Found:
        found = self._take(partitions, max_records)
        if not found and timeout_ms:
            self.waited.append(timeout_ms)
            self.arrived.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.arrived.wait(), 0.02)
            found = self._take(partitions, max_records)
        return found

    def _take(self, partitions: tuple[TopicPartition, ...], most: int) -> Found:
        found: Found = {}
        for tp in partitions or tuple(self.waiting):
            count = min(most, self.waiting[tp])
            if count:
                first = self.positions[tp]
                found[tp] = [record(o, tp.partition) for o in range(first, first + count)]
                self.positions[tp] += count
                self.waiting[tp] -= count
                most -= count
        return found
