"""Chosen dead letters go back on their topics: select, restore, publish, at a bounded rate."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

from consumer import replay
from consumer.browse import Browser, browsing
from consumer.choosing import Looked, chosen
from consumer.letters import DeadLetter
from consumer.replay import Done, Impossible, Original, Outcome, Selection
from consumer.republishing import Partitions, Republisher, republishing
from inference import lanes
from inference.kafka import KafkaSettings, Topics

TOGETHER = 100


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
class Replaying:
    """A replay under way, over the dead letters that there were when it began."""

    topics: Topics
    pace: Pace
    there: Partitions
    fetcher: Browser
    publisher: Republisher

    async def carry_out(
        self, letters: AsyncIterator[DeadLetter | Done]
    ) -> AsyncGenerator[Sequence[Done], None]:
        """What was done, a few at a time."""
        async for some in _chunks(letters, self.pace):
            started = time.monotonic()
            yield await self._replay(some)
            if not self.pace.dry_run:
                spent = time.monotonic() - started
                await asyncio.sleep(max(0.0, len(some) / self.pace.rate - spent))

    async def _replay(self, some: Sequence[DeadLetter | Done]) -> Sequence[Done]:
        prepared = [await self._prepare(one) for one in some]
        originals = [one[1] for one in prepared if not isinstance(one, Done)]
        if self.pace.dry_run:
            faults: list[str | None] = [None] * len(originals)
        else:
            faults = await self.publisher.publish(originals, self.there)
        outcomes = iter(faults)
        return [
            one if isinstance(one, Done) else self._done(one[0], next(outcomes)) for one in prepared
        ]

    async def _prepare(self, one: DeadLetter | Done) -> tuple[DeadLetter, Original] | Done:
        if isinstance(one, Done):
            return one
        restored = await self._restore(one)
        if isinstance(restored, Impossible):
            return Done(one.place.id, one, restored.outcome, restored.why)
        return one, restored

    async def _restore(self, letter: DeadLetter) -> Original | Impossible:
        if letter.topic not in self.there:
            return Impossible(Outcome.FAILED, f"there is no topic {letter.topic}")
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
        ours = {self.topics.results_topic, self.topics.dead_letters_topic}
        return replay.original(letter, record, ours, _request_type)

    def _done(self, letter: DeadLetter, fault: str | None) -> Done:
        if fault is not None:
            return Done(letter.place.id, letter, Outcome.FAILED, fault)
        outcome = Outcome.WOULD_REPLAY if self.pace.dry_run else Outcome.REPLAYED
        return Done(letter.place.id, letter, outcome)


async def replayed(
    kafka: KafkaSettings,
    topics: Topics,
    selection: Selection,
    pace: Pace,
    looked: Looked = lambda: None,
) -> AsyncGenerator[Sequence[Done], None]:
    """Replay a selection; raises Unavailable where the broker goes away.

    `looked` is called for every dead letter that was looked at.
    """
    async with AsyncExitStack() as clients:
        scanner = await clients.enter_async_context(browsing(kafka))
        fetcher = await clients.enter_async_context(browsing(kafka))
        publisher = await clients.enter_async_context(republishing(kafka))
        there = await fetcher.topics()
        replaying = Replaying(topics, pace, there, fetcher, publisher)
        letters = chosen(scanner, topics.dead_letters_topic, selection, looked)
        async with aclosing(letters), aclosing(replaying.carry_out(letters)) as done:
            async for some in done:
                yield some


async def _chunks(
    letters: AsyncIterator[DeadLetter | Done], pace: Pace
) -> AsyncIterator[list[DeadLetter | Done]]:
    chunk: list[DeadLetter | Done] = []
    count = 0
    async for letter in letters:
        chunk.append(letter)
        count += 1
        if count == pace.limit:
            break
        if len(chunk) >= pace.together:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _request_type(lane: str) -> str:
    """The type of a lane's requests; of a lane that is not installed here, as it first was."""
    if lane in lanes.packages():
        return lanes.contract(lane).request_type
    return f"penstock.{lane}.requested.v1"
