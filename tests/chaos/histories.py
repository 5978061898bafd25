"""Histories of runs in which everything went as promised, however often it was done again."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from hypothesis import strategies as st

from benchmarks.chaos.checker import ANSWERED, Answer, Asked, History, Place, Sighting

RESULTS, DEAD_LETTERS = "results", "dead-letters"
PARTITIONS = {RESULTS: 3, DEAD_LETTERS: 2}
INPUT_PARTITIONS = 4
OUTCOMES = (ANSWERED, ANSWERED, ANSWERED, "malformed", "poison")


class Step(NamedTuple):
    """A worker takes up a partition some records back, publishes so many, and perhaps commits."""

    partition: int
    back: int
    forward: int
    commits: bool


@dataclass
class Play:
    """The topics of answers and the group, as the steps fill them."""

    asked: dict[int, list[Asked]]
    published: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    committed: dict[int, int] = field(default_factory=dict)
    ends: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    answers: list[Answer] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    def take(self, step: Step) -> None:
        head, records = self.published[step.partition], self.asked[step.partition]
        start = max(self.committed.get(step.partition, 0), head - step.back)
        for record in records[start : head + step.forward]:
            self.answers.append(self._answer(record))
        self.published[step.partition] = min(len(records), head + step.forward)
        if step.commits:
            self.committed[step.partition] = self.published[step.partition]
            self.sightings.append(Sighting(dict(self.committed), dict(self.ends)))

    def _answer(self, asked: Asked) -> Answer:
        topic = RESULTS if asked.outcome == ANSWERED else DEAD_LETTERS
        partition = asked.place.partition % PARTITIONS[topic]
        place = Place(partition, self.ends[topic, partition])
        self.ends[topic, partition] += 1
        answer_id = f"answer to {asked.identity}"
        return Answer(
            topic, place, answer_id, asked.identity, asked.place, *asked[2:4], asked.outcome
        )


def record(partition: int, offset: int, outcome: str) -> Asked:
    name = f"{partition}-{offset}"
    return Asked(("me", name), Place(partition, offset), b"k" + name.encode(), b"v", outcome)


@st.composite
def histories(draw: st.DrawFn) -> History:
    lengths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=INPUT_PARTITIONS))
    asked = {
        p: [record(p, offset, draw(st.sampled_from(OUTCOMES))) for offset in range(length)]
        for p, length in enumerate(lengths)
    }
    steps = st.builds(
        Step,
        st.sampled_from(sorted(asked)),
        st.integers(0, 3),
        st.integers(0, 3),
        st.booleans(),
    )
    play = Play(asked)
    for step in [
        *draw(st.lists(steps, max_size=12)),
        *(Step(p, 0, 9, commits=True) for p in asked),
    ]:
        play.take(step)
    everything = [it for records in asked.values() for it in records]
    return History(everything, play.answers, play.sightings, PARTITIONS)
