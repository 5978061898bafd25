"""The rules of offsets against a model that only knows what a broker and a reader would see."""

from aiokafka import TopicPartition
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from traffic import place

from inference.stream.assignment import Assignment

TP = place(0)
HORIZON = 20


class OnePartition(RuleBasedStateMachine):
    """Workers that follow one another, each knowing nothing but what was committed."""

    @initialize(start=st.integers(0, 50))
    def begins(self, start: int) -> None:
        self.broker: tuple[int, str] = (start, "")
        self.answered = start
        self.suspected = 0
        self.owned()

    def owned(self) -> None:
        """A worker gets the partition."""
        self.flying: list[tuple[int, int]] = []
        self.at = self.broker[0]
        self.read = False
        self.worker = Assignment(HORIZON)
        self.worker.assigned([TP])
        self.worker.settle(TP, *self.broker)
        self.suspected = self.worker.parts[TP].until

    @rule(count=st.integers(1, 15))
    def hands_out(self, count: int) -> None:
        part = self.worker.parts[TP]
        if part.careful and self.flying:
            return
        assert self.worker.accepts(TP, self.at) is None
        self.put(self.worker.to_mark([TP]))
        assert self.read or self.broker[1], "the first death in a partition must be told"
        behind = bool(self.suspected) and self.at >= self.suspected
        assert not behind or self.broker[1] != f"c{self.suspected}", "else it is never found"
        self.worker.dispatched({TP: self.at + count})
        self.flying.append((self.at, self.at + count))
        self.at += count
        self.read = True

    @precondition(lambda self: self.flying)
    @rule()
    def publishes(self) -> None:
        _, end = self.flying.pop(0)
        self.answered = max(self.answered, end)
        self.worker.published({TP: end})

    @rule(arrives=st.booleans())
    def commits(self, *, arrives: bool) -> None:
        commits = self.worker.to_commit(leaving=False)
        if arrives:
            self.put(commits)

    @rule()
    def dies(self) -> None:
        """Whoever comes next suspects all that was in flight, unless nothing was ever read."""
        flying, mark = list(self.flying), self.broker[1]
        self.owned()
        if flying and mark:
            assert self.worker.parts[TP].careful

    @rule()
    def leaves(self) -> None:
        """What was in flight is dropped; nobody died, but a suspicion is nothing to forget."""
        published = self.worker.parts[TP].published
        self.put(self.worker.to_commit(leaving=True))
        suspected = self.suspected if published < self.suspected else 0
        if self.read:
            assert self.broker == (published, f"c{suspected}" if suspected else "")
        self.owned()
        assert self.suspected == suspected

    def put(self, commits: dict[TopicPartition, tuple[int, str]]) -> None:
        for offset, mark in commits.values():
            assert offset >= self.broker[0], "a commit never goes back"
            self.broker = (offset, mark)
        self.worker.committed(commits)

    @invariant()
    def nothing_is_committed_that_was_not_answered(self) -> None:
        if hasattr(self, "answered"):
            assert self.broker[0] <= self.answered

    @invariant()
    def nothing_in_flight_is_committed(self) -> None:
        assert all(self.broker[0] <= first for first, _ in getattr(self, "flying", []))


OnePartition.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestOnePartition = OnePartition.TestCase
