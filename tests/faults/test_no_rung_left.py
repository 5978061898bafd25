"""What an outage of everything that could answer looks like, on a real broker."""

import time
from pathlib import Path

import pytest
from rig import rigged

from local.kafka import Broker

pytestmark = pytest.mark.kafka

PAUSE = 0.5


async def test_while_no_rung_can_answer_records_wait_and_then_all_are_answered(
    broker: Broker, tmp_path: Path
) -> None:
    shut = tmp_path / "shut"
    async with rigged(broker.bootstrap, tmp_path, lane="tap") as rig:
        await rig.create_all()
        answers = await rig.listen()
        worker = await rig.worker(TAP_SHUT=str(shut), BREAKER_PAUSE=PAUSE, BREAKER_FAILURES=2)
        await worker.until_ready()
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


async def test_a_second_after_a_probe_could_succeed_answers_come_again(
    broker: Broker, tmp_path: Path
) -> None:
    shut = tmp_path / "shut"
    async with rigged(broker.bootstrap, tmp_path, lane="tap") as rig:
        await rig.create_all()
        answers = await rig.listen()
        worker = await rig.worker(TAP_SHUT=str(shut), BREAKER_PAUSE=PAUSE, BREAKER_FAILURES=1)
        await worker.until_ready()
        shut.touch()
        places = await rig.send(["waits"])
        await worker.until_metric("inference_breaker_state", lambda state: state == 2, 10)
        shut.unlink()
        opened = time.monotonic()
        await answers.to(places)
        # The breaker's pause, a second, and what a busy machine of two cores may add.
        assert time.monotonic() - opened < PAUSE + 1 + 5
