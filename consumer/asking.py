"""Questions answered below full are asked again: chosen in the store, taken out of Kafka."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import partial

from consumer import questions
from consumer.browse import Browser, browsing
from consumer.picking import Spot
from consumer.replay import Done, Impossible, Original, Outcome
from consumer.replaying import Pace, Replaying, closed, request_type
from consumer.republishing import republishing
from consumer.store import degraded, writing
from consumer.store.store import Store
from consumer.store.wanted import Degraded, Wanted
from inference.kafka import KafkaSettings, Topics

AT_ONCE = 500


@dataclass(frozen=True)
class Questions:
    """Restores the questions of answers; where it is forced, those are marked before they go."""

    store: Store
    browser: Browser
    closed: frozenset[str]
    force: bool

    async def restore(self, answers: Sequence[Degraded]) -> Sequence[Original | Impossible]:
        """What their senders once sent."""
        spots = [_spot(answer) for answer in answers]
        found = await self.browser.pick(spots)
        made = [
            questions.original(answer, found.get(spot), self.closed, request_type)
            for answer, spot in zip(answers, spots, strict=True)
        ]
        if self.force:
            there = zip(answers, made, strict=True)
            ids = [answer.id for answer, one in there if isinstance(one, Original)]
            await self.store.change(partial(writing.force, ids=ids))
        return made


async def asked_again(
    kafka: KafkaSettings, topics: Topics, store: Store, wanted: Wanted, pace: Pace
) -> AsyncGenerator[Sequence[Done], None]:
    """Ask again, and count it; raises Unavailable where the broker or the store goes away."""
    ids = await store.ask(partial(degraded.ids, wanted=wanted))
    if not ids:
        return
    async with AsyncExitStack() as clients:
        browser = await clients.enter_async_context(browsing(kafka))
        publisher = await clients.enter_async_context(republishing(kafka))
        force = wanted.force and not pace.dry_run
        restore = Questions(store, browser, closed(topics), force).restore
        replaying = Replaying(pace, await browser.topics(), restore, publisher)
        answers = _answers(store, ids)
        async with aclosing(answers), aclosing(replaying.carry_out(answers)) as done:
            async for some in done:
                await _count(store, some)
                yield some


async def _answers(store: Store, ids: Sequence[str]) -> AsyncGenerator[Degraded | Done, None]:
    """Those that are still below full when their turn comes."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        for answer in await store.ask(partial(degraded.answers, ids=some)):
            yield answer


async def _count(store: Store, some: Sequence[Done]) -> None:
    ids = [one.id for one in some if one.outcome is Outcome.REPLAYED]
    if ids:
        now = time.time_ns() // 1_000_000
        await store.change(partial(writing.mark_asked_again, ids=ids, now=now))


def _spot(answer: Degraded) -> Spot:
    return Spot(answer.request_topic, answer.request_partition, answer.request_offset)
