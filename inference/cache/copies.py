"""Where sketched questions and their answers lie: in this process, and in its outer tiers."""

import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Generic, NamedTuple

from inference.cache.outer import Outer
from inference.cache.sketches import ENOUGH, Sketch, Sketches, bands, likeness, packed, unpacked
from inference.cache.store import Entry
from inference.cache.stored import Form
from inference.contract import A, Tier
from inference.ladder import Answered

LENGTH = struct.Struct("<I")


class Kept(NamedTuple):
    """An answer in this process, as it would leave it, and under which fingerprint it was given.

    So it takes a third of the room, and grows too old when it does everywhere else.
    """

    form: bytes
    fingerprint: str


class Copies(Generic[A]):
    """Finds the answer to what a question is much like, nearest first."""

    def __init__(self, form: Form[A], outer: Sequence[Outer], most: int, ttl: float) -> None:
        self._form, self._outer, self._ttl = form, outer, ttl
        self._near: Sketches[Kept] = Sketches(most)
        # Changes whenever everything is forgotten: what was begun before is not kept.
        self.age = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._near)

    async def find(
        self, sketches: Mapping[int, Sketch], fingerprint: str
    ) -> dict[int, Answered[A]]:
        """The answers to what these are much like, where there are any."""
        found = {}
        for place, sketch in sketches.items():
            near = self._near.find(sketch)
            answered = None if near is None else self._read(near.value, fingerprint)
            if answered is not None:
                found[place] = answered
        for outer in self._outer:
            left = {place: one for place, one in sketches.items() if place not in found}
            found |= await self._far(outer, left, fingerprint) if left else {}
        return found

    def keep(self, sketch: Sketch, answered: Answered[A], fingerprint: str) -> None:
        """Put a fresh answer where others find it."""
        form = self._form.write(answered, time.time() + self._ttl)
        if form is None:
            return
        self._near.add(sketch, Kept(form, fingerprint))
        name = _name(fingerprint, sha256(packed(sketch)).hexdigest())
        entries = [Entry(name, _folded(sketch, form), self._ttl)]
        entries += [
            Entry(key, name.encode(), self._ttl) for key in _band_names(fingerprint, sketch)
        ]
        for outer in self._outer:
            outer.keep(entries)

    def clear(self) -> None:
        """Forget what lies in this process; the outer tiers are cleared by their owner."""
        self.age += 1
        self._near.clear()

    def _read(self, kept: Kept, fingerprint: str) -> Answered[A] | None:
        if kept.fingerprint != fingerprint:
            return None
        read = self._form.read(kept.form, fingerprint, Tier.MEMORY)
        return None if read is None else read.answered

    async def _far(
        self, outer: Outer, left: Mapping[int, Sketch], fingerprint: str
    ) -> dict[int, Answered[A]]:
        """In two calls for all of them: which might be alike, and what these are."""
        asked = {place: [*_band_names(fingerprint, one)] for place, one in left.items()}
        told = await outer.find([*{name for names in asked.values() for name in names}])
        if not told:
            return {}
        entries = await outer.find([*{name.decode("ascii", "replace") for name in told.values()}])
        found = {}
        for place, sketch in left.items():
            names = {told[name].decode("ascii", "replace") for name in asked[place] if name in told}
            near = [entries[name] for name in sorted(names) if name in entries]
            best = self._best(sketch, near, fingerprint, outer.tier)
            if best is not None:
                found[place] = best
        return found

    def _best(
        self, sketch: Sketch, near: Sequence[bytes], fingerprint: str, tier: Tier
    ) -> Answered[A] | None:
        for other, form in _unfolded(near):
            read = self._form.read(form, fingerprint, tier)
            if read is not None and likeness(sketch, other) >= ENOUGH:
                self._near.add(other, Kept(form, fingerprint))
                return read.answered
        return None


def _name(fingerprint: str, what: str) -> str:
    """No key of another kind looks like it."""
    return f"alike-{sha256(fingerprint.encode()).hexdigest()[:16]}-{what}"


def _band_names(fingerprint: str, sketch: Sketch) -> Iterator[str]:
    return (_name(fingerprint, band) for band in bands(sketch))


def _folded(sketch: Sketch, form: bytes) -> bytes:
    data = packed(sketch)
    return LENGTH.pack(len(data)) + data + form


def _unfolded(near: Sequence[bytes]) -> Iterator[tuple[Sketch, bytes]]:
    """What can be read of it; what is damaged is left out."""
    for entry in near:
        try:
            [length] = LENGTH.unpack_from(entry)
            yield unpacked(entry[LENGTH.size : LENGTH.size + length]), entry[LENGTH.size + length :]
        except struct.error:
            continue
