import asyncio
from statistics import median

import pytest
from rig import Rig

pytestmark = pytest.mark.kafka

QUIET = 7
CAP = 64


async def test_a_quiet_partition_is_answered_at_once_while_the_others_are_flooded(
    rig: Rig,
) -> None:
    """Each batch takes 50 ms or more: in the order of arrival it would wait for seconds."""
    await rig.create_all(partitions=8)
    answers = await rig.listen()
    flood = [f"!slow 0.05 {n}" if n % CAP == 0 else f"text {n}" for n in range(400 * CAP)]
    await rig.send(flood, range(QUIET))
    worker = await rig.worker(BATCH_CAP=CAP)
    await answers.until(lambda a: len(a.came) > 2 * CAP, 60)
    quiet = []
    for number in range(10):
        quiet += await rig.send([f"quiet {number}"], [QUIET])
        await answers.to(quiet)
        await asyncio.sleep(0.1)
    assert len(answers.came) < len(flood), "the flood must last longer than the test"
    waited = [answers.results[place].seconds for place in quiet]
    assert median(waited) < 0.5
    assert max(waited) < 2
    await worker.kill()
