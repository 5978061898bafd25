"""Keeps one program running: started again whenever it ends by itself."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

from local.child import Child
from local.errors import LocalError
from local.polling import until
from local.program import Program
from local.voices import Following, told

Say = Callable[[str, str], None]

LOOK = 0.1
QUICK = 10.0
FREE = 3
LONGEST = 30.0
EXIT_MISCONFIGURED = 78


class Patience:
    """How long to wait before the next start: not at all, unless it keeps dying at once."""

    def __init__(self) -> None:
        self._quick = 0

    def after(self, lived: float) -> float:
        """Seconds, once it has died again after having lived so long."""
        self._quick = self._quick + 1 if lived < QUICK else 0
        return 0.0 if self._quick <= FREE else min(LONGEST, 2.0 ** (self._quick - FREE - 1))


class Keeper:
    """One program, its log, and what is said of it."""

    def __init__(self, program: Program, log: Path, say: Say) -> None:
        self.program = program
        self.log = log
        self._say = say
        self._following = Following(self.log)
        self._child: Child | None = None
        self._held: list[str] = []
        self._was_ready = False
        self._ending = False

    async def keep(self) -> None:
        """Run it until asked to end; raises LocalError where another start cannot help."""
        patience = Patience()
        while not self._ending:
            began = time.monotonic()
            self._child = Child(self.program.command, self.log, self.program.environment)
            code = await self._watched(self._child)
            pause = patience.after(time.monotonic() - began)
            self._check(code, hopeless=pause > 0 and not self._was_ready)
            await self._rest(code, pause)

    async def ready(self) -> str | None:
        """What is still wrong, or None."""
        wrong = await asyncio.to_thread(self.program.ready)
        if wrong is None and not self._was_ready:
            self._was_ready = True
            self._held.clear()
        return wrong

    async def end(self, limit: float) -> None:
        """Ask it to end; by force after so many seconds."""
        self._ending = True
        if self._child is None:
            return
        child = self._child
        child.signal(signal.SIGTERM)
        await until(lambda: child.code is not None, limit)
        child.kill()

    def kill(self) -> None:
        """End it at once."""
        self._ending = True
        if self._child is not None:
            self._child.kill()

    async def _watched(self, child: Child) -> int:
        while (code := child.code) is None:
            self._repeat()
            await asyncio.sleep(LOOK)
        self._repeat()
        return code

    def _repeat(self) -> None:
        """Pass on what it said; before it is ready, only once it has died of it.

        Until the others are there, too, clients complain of much that mends itself.
        """
        self._held += [said for line in self._following.lines() if (said := told(line))]
        if self._was_ready:
            self._pass_on()

    def _pass_on(self) -> None:
        for said in self._held:
            self._say(self.program.name, said)
        self._held.clear()

    def _check(self, code: int, *, hopeless: bool) -> None:
        if not self._ending and (code == EXIT_MISCONFIGURED or hopeless):
            why = self._held[-1] if self._held else ended(code)
            message = f"{self.program.name} cannot start: {why} (log: {self.log})"
            raise LocalError(message)

    async def _rest(self, code: int, pause: float) -> None:
        if self._ending:
            return
        self._pass_on()
        when = f"in {pause:.0f} s" if pause else "now"
        self._say(self.program.name, f"{ended(code)}; it is started again {when}")
        await until(lambda: self._ending, pause)


def ended(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"ended by itself with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
