"""What an outage of everything that could answer looks like, on a real broker."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from answers import Answers
from rig import Rig, rigged
from workers import WorkerProcess

from local.kafka import Broker

pytestmark = pytest.mark.kafka

PAUSE = 0.5


class Outage(NamedTuple):
    """A worker that is ready, and the file whose presence shuts its only rung off."""

    rig: Rig
    worker: WorkerProcess
    answers: Answers
    shut: Path


@pytest_asyncio.fixture
async def outage(broker: Broker, tmp_path: Path) -> AsyncIterator[Outage]:
    shut = tmp_path / "shut"
    async with rigged(broker.bootstrap, tmp_path, lane="tap") as rig:
        await rig.create_all()
        answers = await rig.listen()
        worker = await rig.worker(TAP_SHUT=str(shut), BREAKER_PAUSE=PAUSE, BREAKER_FAILURES=2)
        await worker.until_ready()
        yield Outage(rig, worker, answers, shut)


async def test_while_no_rung_can_answer_records_wait_and_then_all_are_answered(
    outage: Outage,
) -> None:
    rig, worker, answers, shut = outage
    shut.touch()
    places = await rig.send([f"text {n}" for n in range(400)], range(4))
    await worker.until(lambda checks: "the tap is shut" in (checks.get("rungs") or ""), 10)
    await worker.until_metric("inference_breaker_state", lambda state: state == 2, 10)
    await answers.read(2 * PAUSE)
    assert not answers.results
    shut.unlink()
    await answers.to(places)
    assert not answers.dead_letters
    assert answers.in_order
    await worker.until_metric("inference_breaker_state", lambda state: state == 0, 10)


async def test_what_was_answered_before_is_answered_up_to_the_first_that_was_not(
    outage: Outage,
) -> None:
    rig, worker, answers, shut = outage
    await answers.to(await rig.send(["known"]))
    shut.touch()
    places = await rig.send(["known", "known", "new", "known"])
    await worker.until(lambda checks: "the tap is shut" in (checks.get("rungs") or ""), 10)
    await answers.to(places[:2])
    await answers.read(2 * PAUSE)
    assert not answers.results.keys() & set(places[2:])
    shut.unlink()
    await answers.to(places)
    assert not answers.dead_letters
    assert answers.in_order
    assert answers.duplicates == 0


async def test_a_second_after_a_probe_could_succeed_answers_come_again(outage: Outage) -> None:
    rig, worker, answers, shut = outage
    shut.touch()
    places = await rig.send(["waits"])
    await worker.until_metric("inference_breaker_state", lambda state: state == 2, 10)
    shut.unlink()
    opened = time.monotonic()
    await answers.to(places)
    # The breaker's pause, a second, and what a busy machine of two cores may add.
    assert time.monotonic() - opened < PAUSE + 1 + 5
