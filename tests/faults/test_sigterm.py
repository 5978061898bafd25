import time

import pytest
from rig import Rig

pytestmark = pytest.mark.kafka


async def test_a_worker_that_is_asked_to_end_finishes_what_runs_and_repeats_nothing(
    rig: Rig,
) -> None:
    await rig.create_all()
    answers = await rig.listen()
    worker = await rig.worker(BATCH_CAP=3)
    await worker.until_ready()
    places = await rig.send([f"!slow 0.1 {n}" for n in range(80)], [0, 1, 2, 3])
    await answers.until(lambda a: len(a.came) > 10, 30)
    since = time.monotonic()
    assert await worker.stop(20) == 0
    assert time.monotonic() - since < 10
    await answers.read(1)
    assert len(answers.came) < 80
    await rig.worker()
    await answers.to(places)
    assert answers.in_order
    assert answers.duplicates == 0


async def test_a_batch_that_takes_too_long_to_end_is_left_to_the_successor(rig: Rig) -> None:
    await rig.create_all()
    answers = await rig.listen()
    worker = await rig.worker(DRAIN_TIMEOUT=1)
    await worker.until_ready()
    places = await rig.send(["!slow 6"])
    await worker.until_metric("active_inference_tasks", lambda active: active == 1, 30)
    assert await worker.stop(10) == 0
    await rig.worker()
    await answers.to(places)


async def test_a_worker_that_still_waits_for_its_topics_ends_at_once_when_asked(rig: Rig) -> None:
    worker = await rig.worker()
    await worker.until(lambda said: "missing topics" in (said.get("topics") or ""), 30)
    assert await worker.stop(5) == 0
