"""What was asked, what was answered and what the group committed, held against each other.

Pure, in the manner of Jepsen. What must hold of every run, whatever died in it:

- every record that the broker acknowledged has exactly one answer after de-duplication: a result
  (by its id), or a dead letter (by source and id), and it is the one that it deserved;
- no answer is invented, none has another's key, content or place;
- answers of one partition are in the order of their questions, by first occurrence, in the results
  as in the dead letters, all in one output partition: that of the input modulo their number;
- the group never commits past a record whose answer cannot be read yet, and never goes back.

That nobody gets both a result and a dead letter is promised of a lane that gives the same record
the same outcome each time it is carried; redelivered to a moody one, it may end differently.
Faults of such a run must therefore be ones that pass when the same thing is tried again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

ANSWERED = "answered"

Identity = tuple[str, str]


class Place(NamedTuple):
    """Where a record stands in its topic."""

    partition: int
    offset: int


class Asked(NamedTuple):
    """A record that the broker acknowledged, and the outcome that it deserves."""

    identity: Identity
    place: Place
    key: bytes | None
    content: bytes | None
    outcome: str


class Answer(NamedTuple):
    """A record read back: where it stands, and all that it says about the question."""

    topic: str
    place: Place
    id: str
    question: Identity
    asked_at: Place
    key: bytes | None
    content: bytes | None
    outcome: str


class Sighting(NamedTuple):
    """What the group had committed and, asked after that, where the topics ended."""

    committed: Mapping[int, int]
    ends: Mapping[tuple[str, int], int]


@dataclass(frozen=True)
class History:
    """All that is known of one run; `doubtful` was sent, and may or may not have arrived."""

    asked: Sequence[Asked]
    answers: Sequence[Answer]
    sightings: Sequence[Sighting]
    partitions: Mapping[str, int]
    doubtful: frozenset[Identity] = field(default=frozenset())

    @cached_property
    def in_order(self) -> Sequence[Answer]:
        """The answers as they stand in their topics."""
        return sorted(self.answers, key=lambda answer: (answer.topic, answer.place))

    @cached_property
    def first(self) -> Mapping[Identity, Sequence[Answer]]:
        """The first occurrence of every different answer to a question."""
        found: dict[Identity, dict[tuple[str, str], Answer]] = {}
        for answer in self.in_order:
            found.setdefault(answer.question, {}).setdefault((answer.topic, answer.id), answer)
        return {question: list(different.values()) for question, different in found.items()}

    @property
    def duplicates(self) -> int:
        """Answers that a store which upserts by id would not have noticed."""
        return len(self.answers) - sum(map(len, self.first.values()))


class Breach(StrEnum):
    """A way of breaking the promise."""

    LOST = "has no answer"
    INVENTED = "was never asked"
    TWOFOLD = "has more than one answer"
    WRONG_OUTCOME = "has an outcome that it does not deserve"
    WRONG_KEY = "was answered under another key"
    WRONG_CONTENT = "was answered with what belongs to another"
    WRONG_PLACE = "was answered for another place"
    STRAYED = "was answered in a partition where it does not belong"
    OUT_OF_ORDER = "was answered after one that was asked later"
    COMMITTED_TOO_FAR = "was committed before its answer could be read"
    COMMITTED_BACK = "is a partition whose committed offset went back"


class Violation(NamedTuple):
    """One breach, and whom it concerns."""

    breach: Breach
    whom: Identity | int
    detail: str = ""

    def __str__(self) -> str:
        """A line for a person."""
        return f"{self.whom} {self.breach} {self.detail}".rstrip()


def check(history: History) -> list[Violation]:
    """Every breach of the promise; empty is what one hopes for."""
    checks = (_unanswered, _mixed_up, _twofold, _out_of_order, _committed_too_far, _went_back)
    return [violation for checked in checks for violation in checked(history)]


def _unanswered(history: History) -> Iterator[Violation]:
    for asked in history.asked:
        if asked.identity not in history.first:
            yield Violation(Breach.LOST, asked.identity, f"(it is at {tuple(asked.place)})")


def _mixed_up(history: History) -> Iterator[Violation]:
    """Not only first occurrences: a duplicate that says something else is as bad."""
    asked = {record.identity: record for record in history.asked}
    for answer in history.answers:
        record = asked.get(answer.question)
        if record is not None:
            yield from _differences(record, answer)
            if answer.place.partition != record.place.partition % history.partitions[answer.topic]:
                yield Violation(Breach.STRAYED, record.identity, f"({answer.place.partition})")
        elif answer.question not in history.doubtful:
            yield Violation(Breach.INVENTED, answer.question, f"({answer.topic})")


def _differences(asked: Asked, answer: Answer) -> Iterator[Violation]:
    if answer.key != asked.key:
        yield Violation(Breach.WRONG_KEY, asked.identity)
    if answer.content != asked.content:
        yield Violation(Breach.WRONG_CONTENT, asked.identity)
    if answer.asked_at != asked.place:
        yield Violation(Breach.WRONG_PLACE, asked.identity, f"({tuple(answer.asked_at)})")
    if answer.outcome != asked.outcome:
        detail = f"({answer.outcome} in place of {asked.outcome})"
        yield Violation(Breach.WRONG_OUTCOME, asked.identity, detail)


def _twofold(history: History) -> Iterator[Violation]:
    for question, answers in history.first.items():
        if len(answers) > 1:
            outcomes = ", ".join(answer.outcome for answer in answers)
            yield Violation(Breach.TWOFOLD, question, f"({outcomes})")


def _out_of_order(history: History) -> Iterator[Violation]:
    seen: set[tuple[str, Identity]] = set()
    latest: dict[tuple[str, int], int] = {}
    for answer in history.in_order:
        if (answer.topic, answer.question) in seen:
            continue
        seen.add((answer.topic, answer.question))
        way = (answer.topic, answer.asked_at.partition)
        if answer.asked_at.offset < latest.get(way, -1):
            yield Violation(Breach.OUT_OF_ORDER, answer.question, f"({answer.topic})")
        latest[way] = max(answer.asked_at.offset, latest.get(way, -1))


def _committed_too_far(history: History) -> Iterator[Violation]:
    """Topics only grow, so each record needs a look only when it is first seen as committed."""
    waiting: dict[int, list[Asked]] = {}
    for record in sorted(history.asked, key=lambda asked: asked.place, reverse=True):
        waiting.setdefault(record.place.partition, []).append(record)
    for sighting in history.sightings:
        for partition, committed in sighting.committed.items():
            left = waiting.get(partition, [])
            while left and left[-1].place.offset < committed:
                record = left.pop()
                if not _readable(history.first.get(record.identity, ()), sighting):
                    detail = f"(committed {partition}: {committed})"
                    yield Violation(Breach.COMMITTED_TOO_FAR, record.identity, detail)


def _readable(answers: Sequence[Answer], sighting: Sighting) -> bool:
    return any(
        answer.place.offset < sighting.ends.get((answer.topic, answer.place.partition), 0)
        for answer in answers
    )


def _went_back(history: History) -> Iterator[Violation]:
    highest: dict[int, int] = {}
    for sighting in history.sightings:
        for partition, committed in sighting.committed.items():
            if committed < highest.get(partition, 0):
                detail = f"(from {highest[partition]} to {committed})"
                yield Violation(Breach.COMMITTED_BACK, partition, detail)
            highest[partition] = max(committed, highest.get(partition, 0))
