"""A lane's cache in front of its ladder: what was answered before is not computed again.

    questions -> keys -> memory -> others who compute the same right now -> disk -> Redis -> ladder

Everything up to memory happens without giving way, so that of equal questions one is the first.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

from inference.cache.flights import Flights
from inference.cache.key import key
from inference.cache.shelves import Shelves
from inference.cache.state import CacheState
from inference.contract import A, Contract, Q, Tier
from inference.isolation import isolate
from inference.ladder import Answered, Outcome, Waits, rung_failed
from inference.lane import Sameness

STAGE = "cache"
# Bytes that are digested on the event loop, at a millisecond or so per MiB; more is done elsewhere.
NAMED_AT_ONCE = 1024 * 1024
Asked_contra = TypeVar("Asked_contra", contravariant=True)


class Answerer(Protocol[Asked_contra, A]):
    """What computes answers: a ladder."""

    @property
    def fingerprint(self) -> str:
        """All but the question that its best answers depend on, at this moment."""
        ...

    async def answer(self, questions: Sequence[Asked_contra]) -> Sequence[Outcome[A]]:
        """One outcome per question, in order."""
        ...


class Cached(Generic[Q, A]):
    """Answers as its ladder does; without `sameness` nothing is kept."""

    def __init__(
        self,
        ladder: Answerer[Q, A],
        contract: Contract[Q, A],
        sameness: Sameness[Q, A] | None,
        shelves: Shelves[A],
    ) -> None:
        self._ladder, self._contract, self._sameness = ladder, contract, sameness
        self.shelves = shelves
        self._flights: Flights[Outcome[A]] = Flights()
        self._hits = self._misses = 0

    async def answer(self, questions: Sequence[Q]) -> list[Outcome[A]]:
        """One outcome per question, in order: kept, shared with an equal question, or computed."""
        if self._sameness is None:
            return list(await self._ladder.answer(questions))
        fingerprint = self._ladder.fingerprint
        name = partial(key, self._contract.lane, self._contract.version, fingerprint)
        keys = await isolate(STAGE, partial(_named, self._sameness.content, name), questions)
        asked = [(k, q) for k, q in zip(keys, questions, strict=True) if isinstance(k, str)]
        found = await self._answer(asked, fingerprint)
        adopted = partial(_adopted, self._sameness)
        outcomes = iter([adopted(q, one) for (_, q), one in zip(asked, found, strict=True)])
        return [next(outcomes) if isinstance(k, str) else k for k in keys]

    async def clear(self) -> list[Tier]:
        """Forget every answer of this lane; the tiers in which that did not work."""
        return await self.shelves.clear()

    def snapshot(self) -> CacheState:
        """How full it is, and how often it helped."""
        return CacheState(
            enabled=self._sameness is not None,
            lane=self._contract.lane,
            ttl=self.shelves.ttl,
            hits=self._hits,
            misses=self._misses,
            hit_rate_percent=round(100 * self._hits / max(1, self._hits + self._misses), 2),
            tiers=self.shelves.state(),
        )

    async def _answer(
        self, asked: Sequence[tuple[str, Q]], fingerprint: str
    ) -> Sequence[Outcome[A]]:
        kept = self.shelves.near([name for name, _ in asked])
        missing: dict[str, Q] = {}
        for (name, question), one in zip(asked, kept, strict=True):
            if one is None:
                missing.setdefault(name, question)
        if not missing:
            self._hits += len(kept)
            return [one for one in kept if one is not None]
        found = await self._find_out(missing, fingerprint)
        return self._in_order(asked, kept, found)

    async def _find_out(self, missing: Mapping[str, Q], fingerprint: str) -> dict[str, Outcome[A]]:
        """What others are finding out already is left to them; the rest nobody else looks for."""
        theirs = self._flights.over(missing)
        mine = {name: q for name, q in missing.items() if name not in theirs}
        found = await self._look_after(mine, fingerprint) if mine else {}
        if theirs:
            found |= await self._learn(theirs)
            left = {name: q for name, q in missing.items() if name not in found}
            found |= await self._compute(left, fingerprint)
        return found

    async def _look_after(self, mine: Mapping[str, Q], fingerprint: str) -> dict[str, Outcome[A]]:
        with self._flights.begun(mine) as learned:
            learned.update(await self.shelves.far(list(mine), fingerprint))
            left = {name: q for name, q in mine.items() if name not in learned}
            learned.update(await self._compute(left, fingerprint))
            return dict(learned)

    async def _learn(
        self, theirs: Mapping[str, asyncio.Future[Mapping[str, Outcome[A]]]]
    ) -> dict[str, Outcome[A]]:
        """What others found out; not where they ended early, or a rung failed on them."""
        await asyncio.wait(set(theirs.values()))
        outcomes = {name: flight.result().get(name) for name, flight in theirs.items()}
        return {
            name: _shared(outcome)
            for name, outcome in outcomes.items()
            if outcome is not None and not isinstance(outcome, Waits) and not rung_failed(outcome)
        }

    async def _compute(self, left: Mapping[str, Q], fingerprint: str) -> dict[str, Outcome[A]]:
        if not left:
            return {}
        age = self.shelves.age
        outcomes = dict(zip(left, await self._ladder.answer([*left.values()]), strict=True))
        if age == self.shelves.age:
            self.shelves.keep(_best(outcomes, fingerprint))
        return outcomes

    def _in_order(
        self,
        asked: Sequence[tuple[str, Q]],
        kept: Sequence[Answered[A] | None],
        found: Mapping[str, Outcome[A]],
    ) -> list[Outcome[A]]:
        """Of equal questions only the first was computed."""
        outcomes: list[Outcome[A]] = []
        first: set[str] = set()
        for (name, _), one in zip(asked, kept, strict=True):
            outcome = one or found[name]
            outcomes.append(_shared(outcome) if name in first else outcome)
            first.add(name)
        tiers = [o.how.cached for o in outcomes if isinstance(o, Answered)]
        hits = sum(tier is not None for tier in tiers)
        self._hits += hits
        self._misses += len(outcomes) - hits
        self.shelves.counts[Tier.SHARED].add(tiers.count(Tier.SHARED), 0)
        return outcomes


async def _named(
    content: Callable[[Q], bytes], name: Callable[[bytes], str], questions: Sequence[Q]
) -> list[str]:
    contents = [content(question) for question in questions]
    if sum(map(len, contents)) > NAMED_AT_ONCE:
        return await asyncio.to_thread(lambda: [*map(name, contents)])
    return [*map(name, contents)]


def _best(outcomes: Mapping[str, Outcome[A]], fingerprint: str) -> dict[str, Answered[A]]:
    """Those worth keeping: a lesser answer would be taken for the best one, as would a swap's."""
    return {
        name: outcome
        for name, outcome in outcomes.items()
        if isinstance(outcome, Answered)
        and not outcome.how.degraded
        and outcome.how.fingerprint == fingerprint
    }


def _shared(outcome: Outcome[A]) -> Outcome[A]:
    """The same for an equal question; what lay in a tier, lay there for it too."""
    if not isinstance(outcome, Answered) or outcome.how.cached is not None:
        return outcome
    return Answered(outcome.answer, outcome.how._replace(cached=Tier.SHARED))


def _adopted(sameness: Sameness[Q, A], question: Q, outcome: Outcome[A]) -> Outcome[A]:
    """What another question's answer becomes for this one."""
    if sameness.adopt is None or not isinstance(outcome, Answered) or outcome.how.cached is None:
        return outcome
    return Answered(sameness.adopt(question, outcome.answer), outcome.how)
