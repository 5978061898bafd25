"""Records that kill a worker are found after one death each, whenever it dies of them."""

import asyncio
from collections.abc import Collection

from hypothesis import example, given, settings
from hypothesis import strategies as st
from traffic import airfield, place, take

from inference.stream.batch import Batch
from inference.stream.flight import Flight

TP = place(0)
RECORDS = 200
CAP = 5
HORIZON = 8 * CAP

HAND_OUT, LAND, COMMIT = range(3)


class World:
    """A broker with one partition, records that kill, and a fate that says what comes next."""

    def __init__(self, poison: Collection[int], fate: list[int]) -> None:
        self.poison, self.fate = poison, fate
        self.broker = (0, "")
        self.deaths = 0
        self.step = 0

    def next(self) -> int:
        self.step += 1
        return self.fate[self.step % len(self.fate)]

    def kills(self, batch: Batch) -> bool:
        return not batch.careful and any(a.offset in self.poison for a in batch.arrivals)

    async def live(self) -> bool:
        """One worker's life; True when it answered everything, False when it died."""
        flight, flying = self.born(), list[Batch]()
        while flight.assignment.parts[TP].published < RECORDS:
            wish = self.next()
            if wish == HAND_OUT and self.may_read(flight):
                flying.append(self.hand_out(flight))
            elif wish == LAND and flying:
                if self.kills(flying[0]):
                    return False
                flight.landed(flying.pop(0), published=True)
            elif wish == COMMIT:
                self.commit(flight)
        return True

    def born(self) -> Flight:
        flight = airfield([], horizon=HORIZON)
        flight.begin([TP])
        flight.assignment.settle(TP, *self.broker)
        return flight

    def may_read(self, flight: Flight) -> bool:
        part = flight.assignment.parts[TP]
        return TP in flight.readable() and flight.assignment.ahead() < 1 and part.next < RECORDS

    def hand_out(self, flight: Flight) -> Batch:
        part = flight.assignment.parts[TP]
        marks = flight.assignment.to_mark([TP])
        self.broker = marks.get(TP, self.broker)
        flight.assignment.committed(marks)
        return take(flight, part.next, min(CAP, RECORDS - part.next))

    def commit(self, flight: Flight) -> None:
        commits = flight.assignment.to_commit(leaving=False)
        self.broker = commits.get(TP, self.broker)
        flight.assignment.committed(commits)


async def deaths(poison: Collection[int], fate: list[int]) -> int:
    world = World(poison, [*fate, HAND_OUT, LAND, COMMIT])
    while not await world.live():
        world.deaths += 1
        assert world.deaths <= len(poison), "the search goes round in circles"
    return world.deaths


@settings(max_examples=300, deadline=None)
@given(
    st.sets(st.integers(0, RECORDS - 1), max_size=5),
    st.lists(st.sampled_from([HAND_OUT, LAND, COMMIT]), max_size=30),
)
@example({135}, [HAND_OUT, HAND_OUT, LAND, LAND])
@example({3, HORIZON + CAP + 1}, [HAND_OUT, LAND, HAND_OUT])
@example(set(range(0, RECORDS, 7)), [HAND_OUT, HAND_OUT, LAND])
def test_every_record_that_kills_costs_one_death_at_most(poison: set[int], fate: list[int]) -> None:
    assert asyncio.run(deaths(poison, fate)) <= len(poison)


def test_a_stream_without_poison_kills_nobody() -> None:
    assert asyncio.run(deaths(set(), [HAND_OUT, HAND_OUT, LAND])) == 0
