from pathlib import Path

import pytest
from rig import rigged

from local.kafka import Broker

pytestmark = pytest.mark.kafka

EXIT_CRASHED = 3


async def test_an_agent_that_cannot_go_on_ends_its_process_and_the_successor_answers(
    broker: Broker, tmp_path: Path
) -> None:
    """Nobody stays behind who reads no more and still says that all is well."""
    shut = tmp_path / "shut"
    async with rigged(broker.bootstrap, tmp_path, lane="tap") as rig:
        await rig.create_all()
        answers = await rig.listen()
        worker = await rig.worker(TAP_SHUT=str(shut))
        await worker.until_ready()
        await answers.to(await rig.send(["before"]))
        shut.write_text("for good")
        places = await rig.send(["after"])
        assert await worker.ended(20) == EXIT_CRASHED
        shut.unlink()
        await rig.worker(TAP_SHUT=str(shut))
        await answers.to(places)
        assert not answers.dead_letters
