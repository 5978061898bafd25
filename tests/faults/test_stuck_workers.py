import asyncio
from pathlib import Path

import pytest
from rig import Rig, rigged

from local.kafka import Broker

pytestmark = pytest.mark.kafka

SETTINGS = {"STUCK_AFTER": 3, "TRIAL_TIMEOUT": 3}
DEATHS = 2


async def supervised(rig: Rig) -> list[int]:
    """Starts a worker again whenever one has ended, as an orchestrator does; gives their codes."""
    codes: list[int] = []
    while True:
        worker = await rig.worker(**SETTINGS)
        try:
            codes.append(await worker.ended(600))
        except asyncio.CancelledError:
            return codes


async def survives(rig: Rig, word: str) -> list[int]:
    """One record of this kind among a hundred: all others are answered, it alone is poison."""
    await rig.create_all(partitions=2)
    answers = await rig.listen()
    values = [f"text {n}" for n in range(100)]
    values[40] = word
    places = await rig.send(values, [0, 1])
    supervisor = asyncio.create_task(supervised(rig))
    await answers.to(places, 110)
    supervisor.cancel()
    assert answers.dead_letters.keys() == {places[40]}
    assert answers.dead_letters[places[40]].reason == "poison"
    assert answers.dead_letters[places[40]].value == word.encode()
    assert answers.in_order
    return await supervisor


async def ends(broker: Broker, folder: Path, word: str, code: int) -> None:
    async with rigged(broker.bootstrap, folder) as rig:
        codes = await survives(rig, word)
    assert codes == [code] * len(codes)
    assert 0 < len(codes) <= DEATHS


async def test_a_record_that_ends_its_worker_costs_two_of_them_and_no_other_record(
    broker: Broker, tmp_path: Path
) -> None:
    """Three kinds at the same time, each with its own workers, since most of it is waiting."""
    async with asyncio.TaskGroup() as kinds:
        for word, code in (("!block", 1), ("!hang", 70), ("!die", -9)):
            kinds.create_task(ends(broker, tmp_path, word, code))
