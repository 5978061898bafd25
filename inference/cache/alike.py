"""Stands before the ladder: what is much like a question that was answered gets that answer.

questions -> sketches -> like one in memory -> like one far away -> like one on its way -> ladder

Only where a lane sketches its questions. Equal ones do not come here: the cache has answered them.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Generic, TypeGuard

from inference import metrics
from inference.cache.copies import Copies
from inference.cache.sketches import Sketch, Sketches
from inference.cache.tiers import Answerer
from inference.contract import A, Q, Rejection, Tier
from inference.isolation import isolate
from inference.ladder import Answered, Outcome

STAGE = "sketch"
# More than can be on their way at the same time.
MOST_ALOFT = 100_000

Flight = asyncio.Future[Answered[A] | None]


class Alike(Generic[Q, A]):
    """Answers as its ladder does, and asks it only for what is like nothing before."""

    def __init__(
        self,
        lane: str,
        ladder: Answerer[Q, A],
        sketch: Callable[[Q], Sketch | None],
        copies: Copies[A],
    ) -> None:
        self._lane, self._ladder, self._sketch, self.copies = lane, ladder, sketch, copies
        self._aloft: Sketches[Flight[A]] = Sketches(MOST_ALOFT)

    @property
    def fingerprint(self) -> str:
        """All but the question that its best answers depend on, at this moment."""
        return self._ladder.fingerprint

    async def answer(self, questions: Sequence[Q]) -> list[Outcome[A]]:
        """One outcome per question, in order: that of one it is much like, or the ladder's."""
        fingerprint, age = self.fingerprint, self.copies.age
        sketches = await self._sketched(questions)
        outcomes: dict[int, Outcome[A]] = {}
        outcomes |= await self.copies.find(sketches, fingerprint)
        left = [place for place in range(len(questions)) if place not in outcomes]
        with self._taking_off(left, sketches) as (mine, theirs):
            first = [place for place in left if place not in theirs]
            outcomes |= await self._asked(first, questions)
            _tell(outcomes, mine)
        if age == self.copies.age:
            self._keep({place: sketches[place] for place in mine}, outcomes, fingerprint)
        outcomes |= await _landed(theirs)
        copied = sum(_is_copy(outcome) for outcome in outcomes.values())
        metrics.CACHE_COPIES.labels(self._lane).inc(copied)
        outcomes |= await self._asked([p for p in theirs if p not in outcomes], questions)
        return [outcomes[place] for place in range(len(questions))]

    async def _sketched(self, questions: Sequence[Q]) -> dict[int, Sketch]:
        """Those that have one; whose sketch cannot be drawn is like nothing before."""

        async def drawn(some: Sequence[Q]) -> list[Sketch | None]:
            return await asyncio.to_thread(lambda: [self._sketch(question) for question in some])

        found = await isolate(STAGE, drawn, questions)
        return {
            place: one
            for place, one in enumerate(found)
            if one is not None and not isinstance(one, Rejection)
        }

    @contextmanager
    def _taking_off(
        self, left: Iterable[int], sketches: Mapping[int, Sketch]
    ) -> Iterator[tuple[dict[int, Flight[A]], dict[int, Flight[A]]]]:
        """Those that nobody is finding out about, and those that somebody is.

        However the block ends, whoever waits for one of the first gets what was learned of it.
        """
        mine: dict[int, Flight[A]] = {}
        theirs: dict[int, Flight[A]] = {}
        numbers = []
        for place in left:
            if place not in sketches:
                continue
            ahead = self._aloft.find(sketches[place])
            if ahead is not None:
                theirs[place] = ahead.value
                continue
            mine[place] = asyncio.get_running_loop().create_future()
            numbers.append(self._aloft.add(sketches[place], mine[place]))
        try:
            yield mine, theirs
        finally:
            for number in numbers:
                self._aloft.remove(number)
            for flight in mine.values():
                if not flight.done():
                    flight.set_result(None)

    async def _asked(self, places: Sequence[int], questions: Sequence[Q]) -> dict[int, Outcome[A]]:
        if not places:
            return {}
        outcomes = await self._ladder.answer([questions[place] for place in places])
        return dict(zip(places, outcomes, strict=True))

    def _keep(
        self,
        sketches: Mapping[int, Sketch],
        outcomes: Mapping[int, Outcome[A]],
        fingerprint: str,
    ) -> None:
        for place, sketch in sketches.items():
            outcome = outcomes[place]
            if _is_best(outcome) and outcome.how.fingerprint == fingerprint:
                self.copies.keep(sketch, outcome, fingerprint)


def _tell(outcomes: Mapping[int, Outcome[A]], flights: Mapping[int, Flight[A]]) -> None:
    """The best rung's answers are for others, too."""
    for place, flight in flights.items():
        outcome = outcomes[place]
        if _is_best(outcome):
            flight.set_result(outcome)


def _is_best(outcome: Outcome[A]) -> TypeGuard[Answered[A]]:
    return isinstance(outcome, Answered) and not outcome.how.degraded


async def _landed(theirs: Mapping[int, Flight[A]]) -> dict[int, Answered[A]]:
    """What others have found out; not where they have found nothing that is worth sharing."""
    if theirs:
        await asyncio.wait(set(theirs.values()))
    found = {place: flight.result() for place, flight in theirs.items()}
    return {
        place: Answered(one.answer, one.how._replace(cached=Tier.SHARED))
        for place, one in found.items()
        if one is not None
    }


def _is_copy(outcome: object) -> bool:
    return isinstance(outcome, Answered) and outcome.how.cached is not None
