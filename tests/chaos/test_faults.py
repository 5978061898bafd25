import random
from collections.abc import Awaitable, Sequence
from functools import partial

import pytest
from aiokafka.errors import KafkaError
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.chaos.flaky_lane.lane import Flaky
from benchmarks.chaos.flaky_producer import FlakyProducer
from benchmarks.chaos.schedule import How, Storm
from benchmarks.chaos.traffic import KINDS, Traffic
from echo_lane.contract import Echo
from echo_lane.lane import Parrot
from inference.contract import Level, Rejection
from inference.errors import Transient
from inference.isolation import isolate

STORM = Storm(seconds=60, workers=3, kills=20, freezes=4, broker_strikes=6)
ALWAYS = 1.0


class Notebook:
    """A broker that writes everything down."""

    def __init__(self) -> None:
        self.written: list[object] = []

    async def partitions_for(self, _topic: str) -> set[int]:
        return {0}

    def create_batch(self) -> object:
        return object()

    async def send_batch(
        self,
        batch: object,
        topic: str,  # noqa: ARG002 - it has but one
        *,
        partition: int,
    ) -> Awaitable[object]:
        self.written.append((partition, batch))
        return self._acknowledge()

    async def _acknowledge(self) -> None:
        pass

    async def stop(self) -> None:
        pass


async def outcome(producer: FlakyProducer, batch: object) -> KafkaError | None:
    try:
        await (await producer.send_batch(batch, "topic", partition=0))
    except KafkaError as error:
        return error
    return None


async def test_a_send_that_is_reported_as_failed_may_or_may_not_be_written() -> None:
    notebook = Notebook()
    flaky = FlakyProducer(notebook, random.Random(0), ALWAYS)
    outcomes = [await outcome(flaky, number) for number in range(100)]
    assert None not in outcomes
    assert 20 < len(notebook.written) < 80


async def test_a_send_that_does_not_fail_is_left_alone() -> None:
    notebook = Notebook()
    assert await outcome(FlakyProducer(notebook, random.Random(0), 0.0), "batch") is None
    assert notebook.written == [(0, "batch")]


async def tried(flaky: Flaky, said: Sequence[str]) -> Sequence[Echo | Rejection]:
    """As the ladder does it, only without a pause: what asks to be tried again is."""
    try:
        return await flaky.answer(said)
    except Transient:
        return await flaky.answer(said)


@given(st.lists(st.text("abc", min_size=1), max_size=20), st.integers())
async def test_no_innocent_is_rejected_however_many_runs_fail(said: list[str], seed: int) -> None:
    flaky = Flaky(Parrot(), random.Random(seed), ALWAYS)
    outcomes: Sequence[Echo | Rejection] = await isolate(Level.FULL, partial(tried, flaky), said)
    assert outcomes == [Echo(text=text) for text in said]


async def test_a_record_that_fails_by_itself_keeps_its_reason() -> None:
    flaky = Flaky(Parrot(), random.Random(0), ALWAYS)
    outcomes = await isolate(Level.FULL, partial(tried, flaky), ["a", "!fail", "b", "!refuse"])
    reasons = [it.reason if isinstance(it, Rejection) else None for it in outcomes]
    assert reasons == [None, "defect", None, "refused"]


def test_the_same_seed_gives_the_same_storm() -> None:
    assert STORM.strikes("1") == STORM.strikes("1") != STORM.strikes("2")


def test_a_storm_strikes_as_often_as_it_is_told_and_one_after_the_other() -> None:
    strikes = STORM.strikes("1")
    assert [s.at for s in strikes] == sorted(s.at for s in strikes)
    assert sum(s.worker is None for s in strikes) == STORM.broker_strikes
    frozen = [s for s in strikes if s.worker is not None and s.how == How.FROZEN]
    assert len(frozen) == STORM.freezes
    assert len(strikes) == STORM.kills + STORM.freezes + STORM.broker_strikes


def test_a_broker_is_back_before_it_is_struck_again() -> None:
    broker = [s for s in STORM.strikes("1") if s.worker is None]
    ends = [s.at + s.seconds for s in broker]
    assert all(end < following.at for end, following in zip(ends, broker[1:], strict=False))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_seed_gives_the_same_records(seed: str) -> None:
    first, second = (list(Traffic(500, 4, seed)) for _ in range(2))
    assert first == second


def test_traffic_holds_everything_that_can_be_wrong_and_each_poison_once() -> None:
    records = list(Traffic(5_000, 4, "1", poison=("die", "hang")))
    assert {record.outcome for record in records} == {kind.outcome for kind in KINDS.values()}
    assert sum(record.outcome == "poison" for record in records) == 2
