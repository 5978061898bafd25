"""Where answers lie, nearest first: memory, disk, Redis. What is found far away is put nearer."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple

from inference.cache.copies import Copies
from inference.cache.counts import Count
from inference.cache.memory import Memory
from inference.cache.outer import Outer
from inference.cache.state import TierState
from inference.cache.store import Entry
from inference.cache.stored import Form, Found, kept
from inference.contract import A, Contract, Q, Tier
from inference.ladder import Answered

# What an answer takes in memory for each byte of its JSON, measured on documents of many sizes.
WEIGHT = 12


class Terms(NamedTuple):
    """For how long answers are kept, and how many sketches are."""

    ttl: float = 3600.0
    copies: int = 20_000
    copies_ttl: float = 48 * 3600.0


class Shelves(Generic[A]):
    """The tiers of one lane; what does not validate when it is read counts as a miss."""

    def __init__(
        self,
        contract: Contract[Q, A],
        memory: Memory[Answered[A]],
        outer: Sequence[Outer],
        terms: Terms,
    ) -> None:
        self.memory, self.outer, self.ttl = memory, outer, terms.ttl
        tiers = (Tier.MEMORY, *(one.tier for one in outer), Tier.SHARED)
        self.counts = {tier: Count(contract.lane, tier) for tier in tiers}
        self._form = Form(contract.answer)
        self.copies = Copies(self._form, outer, terms.copies, terms.copies_ttl)
        # Changes whenever everything is forgotten: what was begun before is not kept.
        self.age = 0

    def near(self, keys: Sequence[str]) -> list[Answered[A] | None]:
        """What lies in memory, in order."""
        found = [self.memory.get(key) for key in keys]
        misses = found.count(None)
        self.counts[Tier.MEMORY].add(len(found) - misses, misses)
        return found

    async def far(self, keys: Sequence[str], fingerprint: str) -> dict[str, Answered[A]]:
        """What lies outside the process: each tier is asked for what those before it lack."""
        answers: dict[str, Answered[A]] = {}
        age = self.age
        for depth, tier in enumerate(self.outer):
            left = [key for key in keys if key not in answers]
            if not left:
                break
            found = self._read(tier, await tier.find(left), fingerprint)
            self.counts[tier.tier].add(len(found), len(left) - len(found))
            if age == self.age:
                self._bring_nearer(found, self.outer[:depth])
            answers |= {key: one.answered for key, one in found.items()}
        return answers

    def keep(self, answers: Mapping[str, Answered[A]]) -> None:
        """Put fresh answers into every tier."""
        until = time.time() + self.ttl
        found = {
            key: Found(answered, form, self.ttl)
            for key, answered in answers.items()
            if (form := self._form.write(answered, until)) is not None
        }
        self._bring_nearer(found, self.outer)

    async def clear(self) -> list[Tier]:
        """Forget everything everywhere; the tiers in which that did not work."""
        self.age += 1
        self.memory.clear()
        self.copies.clear()
        return [outer.tier for outer in self.outer if not await outer.clear()]

    def state(self) -> dict[Tier, TierState]:
        """How full each tier is, and how often it helped."""
        tiers = {Tier.MEMORY: self._memory_state()}
        return tiers | {one.tier: self._outer_state(one) for one in self.outer}

    def _memory_state(self) -> TierState:
        count, memory, totals = self.counts[Tier.MEMORY], self.memory, self.memory.totals
        return TierState(
            hits=count.hits,
            misses=count.misses,
            entries=totals.entries,
            max_entries=memory.most,
            bytes=totals.bytes,
            max_bytes=memory.most_bytes,
        )

    def _outer_state(self, outer: Outer) -> TierState:
        count, store, held = self.counts[outer.tier], outer.store, outer.weighing.held
        return TierState(
            hits=count.hits,
            misses=count.misses,
            entries=store.totals and store.totals.entries,
            bytes=store.totals and store.totals.bytes,
            max_bytes=store.most_bytes,
            server_bytes=held and held.bytes,
            server_max_bytes=held and held.most_bytes,
            dropped_writes=outer.dropped,
            available=outer.available,
        )

    def _read(
        self, outer: Outer, forms: Mapping[str, bytes], fingerprint: str
    ) -> dict[str, Found[A]]:
        read = {key: self._form.read(form, fingerprint, outer.tier) for key, form in forms.items()}
        return {key: found for key, found in read.items() if found is not None}

    def _bring_nearer(self, found: Mapping[str, Found[A]], outer: Iterable[Outer]) -> None:
        for key, (answered, form, ttl) in found.items():
            how = answered.how
            how = kept(how.level, how.model, how.fingerprint, Tier.MEMORY)
            self.memory.put(key, Answered(answered.answer, how), WEIGHT * len(form), ttl)
        for one in outer:
            one.keep(Entry(key, form, ttl) for key, (_, form, ttl) in found.items())
