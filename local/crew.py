"""All processes of `make run`: started by rank, ended the other way round, none left behind."""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NoReturn

from local.errors import LocalError
from local.keeper import Keeper, Say
from local.program import Program

DRAIN = 30.0  # a worker gives its batches 20 s
POLL = 0.1


class Crew:
    """Those that were started so far."""

    def __init__(self, logs: Path, say: Say) -> None:
        self._logs = logs
        self._say = say
        self._keepers: list[Keeper] = []
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, program: Program) -> Keeper:
        """Start it, and keep it running from now on."""
        log = self._logs / f"{program.name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))  # one earlier run is enough to look back at
        keeper = Keeper(program, log, self._say)
        self._keepers.append(keeper)
        self._tasks.append(asyncio.create_task(keeper.keep(), name=program.name))
        return keeper

    async def ready(
        self, keepers: Sequence[Keeper], limit: float, on_ready: Callable[[Program], None]
    ) -> None:
        """Return when all of these are ready, or raise LocalError with what is wrong with one."""
        waiting, end = list(keepers), time.monotonic() + limit
        while waiting:
            wrong = await asyncio.gather(*(keeper.ready() for keeper in waiting))
            for keeper, reason in zip(tuple(waiting), wrong, strict=True):
                if reason is None:
                    waiting.remove(keeper)
                    on_ready(keeper.program)
                elif time.monotonic() > end:
                    raise LocalError(late(keeper, reason))
            self.check()
            await asyncio.sleep(POLL)

    async def stay(self) -> NoReturn:
        """Until cancelled, or until one of them cannot go on."""
        while True:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
            self.check()

    def check(self) -> None:
        """Raise what keeps one of them from going on."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def end(self) -> None:
        """Ask them to end, rank by rank, and wait for each rank."""
        for _, rank in groupby(self._latest_first(), key=lambda keeper: keeper.program.rank):
            await asyncio.gather(*(keeper.end(DRAIN) for keeper in rank))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def kill(self) -> None:
        """End all of them at once."""
        for keeper in self._latest_first():
            keeper.kill()

    def _latest_first(self) -> list[Keeper]:
        return sorted(self._keepers, key=lambda keeper: -keeper.program.rank)


def late(keeper: Keeper, reason: str) -> str:
    """What to say where somebody waited in vain."""
    return f"{keeper.program.name} was not ready in time: {reason} (log: {keeper.log})"
