"""The worker processes of a run: started, struck, started again at once, and ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.chaos.schedule import How
from local import leash
from local.places import ROOT

PATHS = (ROOT, ROOT / "tests" / "packages", ROOT / "benchmarks" / "chaos" / "found")
SIGNALS = {How.TERMINATED: signal.SIGTERM, How.KILLED: signal.SIGKILL, How.FROZEN: signal.SIGSTOP}
TICK = 0.05
END_WITHIN = 60.0


class Death(NamedTuple):
    """A worker's end: when, how, and what had been done to it."""

    at: float
    worker: int
    code: int
    struck: tuple[How, ...]

    @property
    def intended(self) -> bool:
        """It ended as one ends who was struck so; by the signal, where it could not listen yet."""
        ends = {How.TERMINATED: (0, -signal.SIGTERM), How.KILLED: (-signal.SIGKILL,)}
        return any(self.code in ends.get(how, ()) for how in self.struck)

    def __str__(self) -> str:
        """A line for a person."""
        why = ", ".join(self.struck) or "by itself"
        return f"worker {self.worker} ended with {self.code} after {self.at:.1f} s ({why})"


@dataclass
class Member:
    """One worker's process, and what was done to it."""

    process: subprocess.Popen[bytes]
    struck: tuple[How, ...] = ()


class Crew:
    """Workers of one command; each life of each has its own seed, and all write to one file."""

    def __init__(
        self, command: Sequence[str], settings: Mapping[str, str], seed: str, folder: Path
    ) -> None:
        self._command, self._settings, self._seed = command, settings, seed
        self.log = folder / "workers.log"
        self.deaths: list[Death] = []
        self._members: list[Member] = []
        self._lives = 0
        self._began = time.monotonic()

    def start(self, workers: int) -> None:
        """All of them."""
        self._began = time.monotonic()
        self._members = [Member(self._spawn()) for _ in range(workers)]

    def nurse(self) -> None:
        """Starts again whoever has ended since the last time."""
        for number, member in enumerate(self._members):
            if self._buried(number, member):
                self._members[number] = Member(self._spawn())

    def strike(self, number: int, how: How) -> None:
        """Does it to the process itself, not to its child."""
        member = self._members[number]
        if member.process.poll() is None:
            member.process.send_signal(SIGNALS[how])
            member.struck += (how,)

    def thaw(self, number: int) -> None:
        """Let a frozen one go on."""
        self._members[number].process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """All of them, as an operator would; by force where that takes too long."""
        for number in range(len(self._members)):
            self.thaw(number)
            self.strike(number, How.TERMINATED)
        end = time.monotonic() + END_WITHIN
        left = dict(enumerate(self._members))
        while left and time.monotonic() < end:
            left = {n: member for n, member in left.items() if not self._buried(n, member)}
            time.sleep(TICK)
        for number, member in left.items():
            member.process.kill()
            member.process.wait()
            self._buried(number, member)
        self._members = []

    def _buried(self, number: int, member: Member) -> bool:
        code = member.process.poll()
        if code is None:
            return False
        assert member.process.stdin is not None
        member.process.stdin.close()
        self.deaths.append(Death(time.monotonic() - self._began, number, code, member.struck))
        return True

    def _spawn(self) -> subprocess.Popen[bytes]:
        """A worker that cannot outlive this run."""
        self._lives += 1
        settings = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
            "FLAKY_SEED": f"{self._seed} {self._lives}",
            **self._settings,
        }
        command = [sys.executable, "-I", "-S", leash.__file__, sys.executable, *self._command]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=settings,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
