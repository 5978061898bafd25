"""What was chosen goes back on its topic: restore, publish, at a bounded rate."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from consumer import replay
from consumer.browse import Browser, browsing
from consumer.choosing import Looked, chosen
from consumer.letters import DeadLetter
from consumer.replay import Chosen, Done, Impossible, Original, Outcome, Selection
from consumer.republishing import Partitions, Republisher, republishing
from inference import lanes
from inference.kafka import KafkaSettings, Topics

TOGETHER = 100

C = TypeVar("C", bound=Chosen)

Restore = Callable[[Sequence[C]], Awaitable[Sequence[Original | Impossible]]]


@dataclass(frozen=True)
class Pace:
    """How fast, at most how many, and whether at all."""

    rate: float
    limit: int | None = None
    dry_run: bool = False

    @property
    def together(self) -> int:
        """How many are published at once: a second's worth at most."""
        return max(1, min(TOGETHER, int(self.rate)))


@dataclass(frozen=True)
class Replaying(Generic[C]):
    """A replay under way; `restore` gives for each that was chosen what its sender once sent."""

    pace: Pace
    there: Partitions
    restore: Restore[C]
    publisher: Republisher

    async def carry_out(
        self, chosen: AsyncIterator[C | Done]
    ) -> AsyncGenerator[Sequence[Done], None]:
        """What was done, a few at a time."""
        async for some in _chunks(chosen, self.pace):
            started = time.monotonic()
            yield await self._replay(some)
            if not self.pace.dry_run:
                spent = time.monotonic() - started
                await asyncio.sleep(max(0.0, len(some) / self.pace.rate - spent))

    async def _replay(self, some: Sequence[C | Done]) -> Sequence[Done]:
        placed = [self._placed(one) for one in some]
        wanted = [one for one in placed if not isinstance(one, Done)]
        restored = await self.restore(wanted) if wanted else []
        faults = await self._publish([one for one in restored if isinstance(one, Original)])
        left, published = iter(restored), iter(faults)
        return [
            one if isinstance(one, Done) else self._done(one, next(left), published)
            for one in placed
        ]

    def _placed(self, one: C | Done) -> C | Done:
        if isinstance(one, Done) or one.topic in self.there:
            return one
        return Done(one.id, one, Outcome.FAILED, f"there is no topic {one.topic}")

    async def _publish(self, originals: Sequence[Original]) -> Sequence[str | None]:
        if self.pace.dry_run:
            return [None] * len(originals)
        return await self.publisher.publish(originals, self.there)

    def _done(self, one: C, restored: Original | Impossible, faults: Iterator[str | None]) -> Done:
        if isinstance(restored, Impossible):
            return Done(one.id, one, restored.outcome, restored.why)
        fault = next(faults)
        if fault is not None:
            return Done(one.id, one, Outcome.FAILED, fault)
        outcome = Outcome.WOULD_REPLAY if self.pace.dry_run else Outcome.REPLAYED
        return Done(one.id, one, outcome)


@dataclass(frozen=True)
class Letters:
    """Restores dead letters: from themselves, or from where those lie that were too large."""

    topics: Topics
    fetcher: Browser

    async def restore(self, letters: Sequence[DeadLetter]) -> Sequence[Original | Impossible]:
        """What their senders once sent."""
        return [await self._restore(letter) for letter in letters]

    async def _restore(self, letter: DeadLetter) -> Original | Impossible:
        named = replay.reference(letter)
        if isinstance(named, Impossible):
            return named
        record = letter.original
        if named is not None:
            found = await self.fetcher.fetch(named.topic, named.partition, named.offset)
            restored = replay.restored(found, named)
            if isinstance(restored, Impossible):
                return restored
            record = restored
        return replay.original(letter, record, closed(self.topics), request_type)


async def replayed(
    kafka: KafkaSettings,
    topics: Topics,
    selection: Selection,
    pace: Pace,
    looked: Looked = lambda: None,
) -> AsyncGenerator[Sequence[Done], None]:
    """Replay a selection of dead letters; raises Unavailable where the broker goes away.

    `looked` is called for every dead letter that was looked at.
    """
    async with AsyncExitStack() as clients:
        scanner = await clients.enter_async_context(browsing(kafka))
        fetcher = await clients.enter_async_context(browsing(kafka))
        publisher = await clients.enter_async_context(republishing(kafka))
        there, restore = await fetcher.topics(), Letters(topics, fetcher).restore
        replaying = Replaying(pace, there, restore, publisher)
        letters = chosen(scanner, topics.dead_letters_topic, selection, looked)
        async with aclosing(letters), aclosing(replaying.carry_out(letters)) as done:
            async for some in done:
                yield some


def closed(topics: Topics) -> frozenset[str]:
    """Topics that nothing is ever put back on."""
    return frozenset({topics.results_topic, topics.dead_letters_topic})


def request_type(lane: str) -> str:
    """The type of a lane's requests; of a lane that is not installed here, as it first was."""
    if lane in lanes.packages():
        return lanes.contract(lane).request_type
    return f"penstock.{lane}.requested.v1"


async def _chunks(chosen: AsyncIterator[C | Done], pace: Pace) -> AsyncIterator[list[C | Done]]:
    chunk: list[C | Done] = []
    count = 0
    async for one in chosen:
        chunk.append(one)
        count += 1
        if count == pace.limit:
            break
        if len(chunk) >= pace.together:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
