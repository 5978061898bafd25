import asyncio
import sys
from pathlib import Path

import pytest

from local.crew import Crew
from local.errors import LocalError
from local.keeper import Patience
from local.polling import until
from local.program import Program, Rank

STAYS = """
import os, signal, sys, time
def leave(*_):
    open(os.environ["ENDS"], "a").write(os.environ["NAME"] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
open(os.environ["NAME"], "w").close()
time.sleep(60)
"""
DIES = "import os, sys; sys.stderr.write('no luck\\n'); os.kill(os.getpid(), 9)"
UNFIT = "import sys; sys.stderr.write('no luck\\n'); sys.exit(78)"


class Heard(list[tuple[str, str]]):
    def hear(self, name: str, line: str) -> None:
        self.append((name, line))


def program(folder: Path, name: str, rank: Rank, code: str = STAYS) -> Program:
    up = folder / name
    environment = {"NAME": str(up), "ENDS": str(folder / "ends")}
    command = [sys.executable, "-S", "-c", code]
    return Program(
        name, rank, command, environment, name, lambda: None if up.exists() else "not up"
    )


async def test_a_crew_ends_the_other_way_round_and_leaves_nothing(tmp_path: Path) -> None:
    crew = Crew(tmp_path / "logs", Heard().hear)
    ranks = (Rank.BROKER, Rank.WORKER, Rank.PRODUCER)
    keepers = [crew.start(program(tmp_path, rank.name, rank)) for rank in ranks]
    await crew.ready(keepers, 10, lambda _: None)
    await crew.end()
    ended = [Path(line).name for line in (tmp_path / "ends").read_text().splitlines()]
    assert ended == ["PRODUCER", "WORKER", "BROKER"]


async def test_one_that_crashes_is_started_again_at_once_and_its_words_are_shown(
    tmp_path: Path,
) -> None:
    heard = Heard()
    crew = Crew(tmp_path, heard.hear)
    crew.start(program(tmp_path, "w", Rank.WORKER, DIES))
    assert await until(lambda: heard.count(("w", "no luck")) >= 2, 10)
    assert ("w", "was killed by SIGKILL; it is started again now") in heard
    await crew.end()


@pytest.mark.parametrize("code", [DIES, UNFIT])
async def test_one_that_cannot_start_ends_the_run_with_its_own_words(
    tmp_path: Path, code: str
) -> None:
    crew = Crew(tmp_path, Heard().hear)
    keeper = crew.start(program(tmp_path, "w", Rank.WORKER, code))
    with pytest.raises(LocalError, match="w cannot start: no luck"):
        await crew.ready([keeper], 10, lambda _: None)
    await crew.end()


async def test_one_that_is_never_ready_is_told_with_its_reason(tmp_path: Path) -> None:
    crew = Crew(tmp_path, Heard().hear)
    keeper = crew.start(program(tmp_path, "w", Rank.WORKER, "import time; time.sleep(60)"))
    with pytest.raises(LocalError, match="w was not ready in time: not up"):
        await crew.ready([keeper], 0.3, lambda _: None)
    await crew.end()


async def test_a_crew_can_be_killed_while_it_ends(tmp_path: Path) -> None:
    deaf = STAYS.replace("sys.exit(0)", "pass")
    crew = Crew(tmp_path, Heard().hear)
    keeper = crew.start(program(tmp_path, "w", Rank.WORKER, deaf))
    await crew.ready([keeper], 10, lambda _: None)
    ending = asyncio.create_task(crew.end())
    await asyncio.sleep(0)
    crew.kill()
    await asyncio.wait_for(ending, 5)


def test_only_one_that_keeps_dying_young_has_to_wait() -> None:
    patience = Patience()
    assert [patience.after(1) for _ in range(6)] == [0, 0, 0, 1, 2, 4]
    assert max(patience.after(1) for _ in range(20)) == 30
    assert patience.after(100) == 0
    assert patience.after(1) == 0
