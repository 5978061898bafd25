"""What came out: results and dead letters, by the place of the record that they answer."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

Place = tuple[int, int]


class Answer(NamedTuple):
    """A result or a dead letter, and when it was published."""

    of: Place
    partition: int
    value: Any
    headers: dict[str, bytes | None]
    key: bytes | None
    timestamp: int

    @property
    def reason(self) -> str | None:
        """Why there is no result."""
        return (self.headers.get("dlq.reason") or b"").decode() or None

    @property
    def text(self) -> str:
        """What the echo said."""
        return str(json.loads(self.value)["answer"]["text"])

    @property
    def seconds(self) -> float:
        """How long it took from the record's timestamp to the result's."""
        asked = datetime.fromisoformat(json.loads(self.value)["request"]["time"])
        return self.timestamp / 1000 - asked.timestamp()


class Answers:
    """Reads both topics on and on."""

    def __init__(self, bootstrap: str, results: str, dead_letters: str) -> None:
        self._bootstrap, self._topics = bootstrap, (results, dead_letters)
        self.came: list[Answer] = []

    async def start(self) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, metadata_max_age_ms=1000
        )
        await self._consumer.start()
        places = [
            TopicPartition(topic, p)
            for topic in self._topics
            for p in await self._partitions(topic)
        ]
        self._consumer.assign(places)
        await self._consumer.seek_to_beginning()

    async def stop(self) -> None:
        await self._consumer.stop()

    async def until(self, holds: Callable[["Answers"], bool], limit: float) -> None:
        """Reads until it is so; fails when that takes longer."""
        end = time.monotonic() + limit
        while not holds(self):
            assert time.monotonic() < end, (
                f"{len(self.by_place)} places answered: {sorted(self.by_place)}"
            )
            await self.read()

    async def read(self, seconds: float = 0.1) -> None:
        """What came by now."""
        found = await self._consumer.getmany(timeout_ms=int(seconds * 1000))
        self.came += [_answer(record) for records in found.values() for record in records]

    async def to(self, places: Iterable[Place], limit: float = 60) -> None:
        """Reads until each of these records has an answer."""
        wanted = set(places)
        await self.until(lambda answers: wanted <= answers.by_place.keys(), limit)

    @property
    def by_place(self) -> dict[Place, list[Answer]]:
        """All answers that each record got."""
        found: dict[Place, list[Answer]] = defaultdict(list)
        for answer in self.came:
            found[answer.of].append(answer)
        return found

    @property
    def duplicates(self) -> int:
        return len(self.came) - len(self.by_place)

    @property
    def results(self) -> dict[Place, Answer]:
        """The first result for each record that has one."""
        return {of: found[0] for of, found in self.by_place.items() if found[0].reason is None}

    @property
    def dead_letters(self) -> dict[Place, Answer]:
        """The first dead letter for each record that has one."""
        return {of: found[0] for of, found in self.by_place.items() if found[0].reason}

    @property
    def in_order(self) -> bool:
        """Results of each partition came in the order of their questions, repetitions aside."""
        seen: dict[int, list[int]] = defaultdict(list)
        for partition, offset in self.results:
            seen[partition].append(offset)
        return all(offsets == sorted(offsets) for offsets in seen.values())

    async def _partitions(self, topic: str) -> set[int]:
        await self._consumer._client.add_topic(topic)
        found: set[int] = self._consumer.partitions_for_topic(topic)
        return found


def _answer(record: "ConsumerRecord[bytes, bytes]") -> Answer:
    headers = dict(record.headers)
    if "dlq.reason" in headers:
        of = int(headers["__dlq.errors.partition"]), int(headers["__dlq.errors.offset"])
    else:
        asked = json.loads(record.value or b"")["request"]
        of = asked["partition"], asked["offset"]
    return Answer(of, record.partition, record.value, headers, record.key, record.timestamp)
