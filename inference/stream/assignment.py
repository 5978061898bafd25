"""What this worker knows of its partitions: read to where, published to where, suspected to where.

No Kafka client in here, so that every rule about offsets can be tried by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition

from inference.stream import marks

Commit = tuple[int, str]
Commits = Mapping[TopicPartition, Commit]


@dataclass
class Part:
    """One partition that is ours, once it is known where the group stands in it."""

    next: int
    published: int
    written: Commit
    until: int
    marked: bool = False
    disarmed: bool = False
    restless: bool = False
    promised: bool = False
    hole: int | None = None

    @property
    def careful(self) -> bool:
        """Something suspected is not through yet; what lies behind it must wait as well."""
        return self.published < self.until

    @property
    def armed(self) -> bool:
        """What the broker has of it would tell a successor that the next records killed us."""
        if self.disarmed or not self.marked:
            return False
        return self.careful or not marks.suspects(self.written[1])

    @property
    def ahead(self) -> int:
        """How many offsets were handed out beyond the last commit."""
        return self.next - self.written[0]

    def begins_again(self, first: int) -> bool:
        """Forgets where it stood, unless something in flight would still move it."""
        if self.published < self.next:
            return False
        self.next = self.published = first
        self.until, self.marked = 0, False
        return True

    def progress(self, reach: int) -> Commit:
        """Where it stands, and a mark if more is in flight, or was a moment ago."""
        return self.published, marks.write(
            published=self.published,
            dispatched=self.next + (self.restless or self.promised),
            until=self.until,
            reach=reach,
        )

    @property
    def farewell(self) -> Commit:
        """Where it stands, for the next owner, when it is left in order."""
        return self.published, marks.leave(published=self.published, until=self.until)


class Assignment:
    """The partitions of the present generation."""

    def __init__(self, horizon: int) -> None:
        self.horizon = horizon
        self.parts: dict[TopicPartition, Part] = {}
        self.unsettled: set[TopicPartition] = set()

    @property
    def partitions(self) -> set[TopicPartition]:
        """All that is ours."""
        return self.parts.keys() | self.unsettled

    def assigned(self, partitions: Iterable[TopicPartition]) -> None:
        """These are ours now; nothing is known of them yet."""
        self.parts, self.unsettled = {}, set(partitions)

    def settle(self, tp: TopicPartition, offset: int, mark: str) -> None:
        """Where the group stands: its commit, or the partition's beginning."""
        until = marks.suspected_until(mark, offset, self.horizon)
        self.parts[tp] = Part(offset, offset, (offset, mark), until)
        self.unsettled.discard(tp)

    def accepts(self, tp: TopicPartition, first: int) -> int | None:
        """None when records may begin at `first`, else the offset to seek back to.

        A gap seen twice at the same place is real: compaction, retention or a transaction's marker.
        So is a way back: the topic was deleted and created again, or its broker lost some of it.
        """
        part = self.parts[tp]
        seen, part.hole = part.hole == first, first
        if first == part.next or (seen and (first > part.next or part.begins_again(first))):
            return None
        return part.next

    def to_mark(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, Commit]:
        """The commits that must be on the broker before these partitions' records go out.

        Before the first ones, and before the first ones behind a suspicion: a worker that died of
        those would else leave its successor with the suspicion that it had cleared, for ever.
        """
        fresh = {tp: self.parts[tp] for tp in partitions if not self.parts[tp].armed}
        for part in fresh.values():
            part.promised = True  # nobody takes the mark back before they have gone out
        return {
            tp: (
                part.published,
                marks.write(
                    published=part.published,
                    dispatched=part.published + 1,
                    until=part.until,
                    reach=self.horizon,
                ),
            )
            for tp, part in fresh.items()
        }

    def dispatched(self, ends: Mapping[TopicPartition, int]) -> None:
        """Records up to these offsets are on their way."""
        for tp, end in ends.items():
            self.parts[tp].next = end
            self.parts[tp].marked = self.parts[tp].restless = True
            self.parts[tp].disarmed = self.parts[tp].promised = False

    def published(self, ends: Mapping[TopicPartition, int]) -> None:
        """The broker has acknowledged what became of the records up to these offsets."""
        for tp, end in ends.items():
            self.parts[tp].published = end

    def to_commit(self, *, leaving: bool) -> dict[TopicPartition, Commit]:
        """The offsets and marks that differ from what is committed."""
        wanted = {
            tp: part.farewell if leaving else part.progress(self.horizon)
            for tp, part in self.parts.items()
            if part.marked
        }
        self._rest(wanted)
        return {tp: commit for tp, commit in wanted.items() if commit != self.parts[tp].written}

    def _rest(self, wanted: Commits) -> None:
        """Where a mark is taken back, another one must be written before anything goes out.

        That costs a commit, so it is taken back only where nothing went out since the last one.
        """
        for tp, (_, mark) in wanted.items():
            self.parts[tp].disarmed = not mark
            self.parts[tp].restless = False

    def committed(self, commits: Commits) -> None:
        """The broker has these."""
        for tp, commit in commits.items():
            self.parts[tp].written = commit

    def ahead(self) -> float:
        """How far the farthest partition ran beyond its commit; a successor looks as far as 1."""
        return max((part.ahead for part in self.parts.values()), default=0) / self.horizon
