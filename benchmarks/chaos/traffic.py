"""What is sent: mostly plain texts, and among them everything that can be wrong with a record."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.chaos.checker import ANSWERED, Identity
from inference.contract import Reason

SOURCE = "/chaos"
KEYS = 97

Headers = list[tuple[str, "str | bytes | None"]]


class Record(NamedTuple):
    """A record to send, and what must become of it; without an identity, its place gives one."""

    partition: int
    identity: Identity | None
    key: bytes | None
    value: bytes | None
    headers: Headers
    outcome: str


class Kind(NamedTuple):
    """One kind of record: what is in it, and what must become of it."""

    outcome: str
    value: Callable[[int], bytes | None]
    headers: Callable[[int], Headers]


def _event(number: int, **changes: str) -> Headers:
    attributes = {"specversion": "1.0", "id": f"{number}", "source": SOURCE}
    attributes |= {"type": "chaos.said", **changes}
    return [(f"ce_{name}", value.encode()) for name, value in attributes.items()]


def _bare(_number: int) -> Headers:
    return []


def _word(word: str) -> Callable[[int], bytes]:
    return lambda number: f"!{word} {number}".encode()


def _text(number: int) -> bytes:
    return f"text {number}".encode()


KINDS: Mapping[str, Kind] = {
    "plain": Kind(ANSWERED, _text, _event),
    "bare": Kind(ANSWERED, _text, _bare),
    "flaky": Kind(ANSWERED, _word("flaky"), _event),
    "slow": Kind(ANSWERED, _word("slow 0.05"), _event),
    "not text": Kind(Reason.MALFORMED, lambda number: b"\xff%d" % number, _event),
    "not an event": Kind(Reason.MALFORMED, _text, lambda _: [("ce_specversion", b"1.0")]),
    "empty": Kind(Reason.MALFORMED, lambda _: None, _bare),
    "of another lane": Kind(
        Reason.REFUSED, _text, lambda number: _event(number, type="penstock.other.requested.v1")
    ),
    "refused": Kind(Reason.REFUSED, _word("refuse"), _event),
    "fail": Kind(Reason.DEFECT, _word("fail"), _event),
    "die": Kind(Reason.POISON, _word("die"), _event),
    "hang": Kind(Reason.POISON, _word("hang"), _event),
    "block": Kind(Reason.POISON, _word("block"), _event),
}
# Per thousand; the rest is plain.
USUAL = {
    "bare": 100,
    "flaky": 5,
    "slow": 5,
    "not text": 5,
    "not an event": 5,
    "empty": 5,
    "of another lane": 5,
    "refused": 5,
    "fail": 5,
}


@dataclass(frozen=True)
class Traffic:
    """So many records, in a mixture, with `poison` at random places that are not the very first."""

    records: int
    partitions: int
    seed: str
    poison: tuple[str, ...] = ()
    mixture: Mapping[str, int] = field(default_factory=lambda: USUAL)

    def __iter__(self) -> Iterator[Record]:
        """The same records for the same seed."""
        chances = random.Random(f"{self.seed} traffic")
        where = chances.sample(range(self.records // 20, self.records), len(self.poison))
        poison = dict(zip(where, self.poison, strict=True))
        names = ["plain", *self.mixture]
        shares = [1000 - sum(self.mixture.values()), *self.mixture.values()]
        for number in range(self.records):
            name = chances.choices(names, shares)[0]
            yield self._record(number, KINDS[poison.get(number, name)], chances)

    def _record(self, number: int, kind: Kind, chances: random.Random) -> Record:
        # A null key would let a producer's partitioner choose anew for each answer.
        chosen = chances.randrange(KEYS)
        headers = kind.headers(number)
        identity = (SOURCE, f"{number}") if ("ce_id", f"{number}".encode()) in headers else None
        return Record(
            chances.randrange(self.partitions),
            identity,
            b"key %d" % chosen if chosen else None,
            kind.value(number),
            headers,
            kind.outcome,
        )
