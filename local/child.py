"""A process of ours: on the leash, in a group of its own, what it says appended to a file."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from local import leash


class Child:
    """Started on construction; ended by `stop` or `kill`, or with the process that started it."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as kept:
            self._process = subprocess.Popen(  # noqa: S603 - commands of our own, without a shell
                [sys.executable, "-I", "-S", leash.__file__, *command],
                env=inherited(environment),
                stdin=subprocess.PIPE,
                stdout=kept,
                stderr=kept,
                start_new_session=True,
            )

    @property
    def code(self) -> int | None:
        """How it ended: the exit status, less than 0 for a signal; None while it runs."""
        code = self._process.poll()
        if code is not None:
            self._let_go()
        return code

    def signal(self, number: signal.Signals) -> None:
        """Tell it something, if it still runs."""
        if self.code is None:
            self._process.send_signal(number)

    def stop(self, limit: float) -> None:
        """Ask it to end, also where it is frozen; end it by force after so many seconds."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and all that it started, at once."""
        if self.code is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self.wait(None)

    def wait(self, limit: float | None = None) -> int:
        """Return its code when it has ended; raises TimeoutExpired after so many seconds."""
        code = self._process.wait(limit)
        self._let_go()
        return code

    def _let_go(self) -> None:
        """The watcher on the leash now ends, and with it whatever the process left behind."""
        if self._process.stdin is not None:
            self._process.stdin.close()


def inherited(additions: Mapping[str, str] | None) -> dict[str, str]:
    """The environment that we were started with, and what differs for one process."""
    return dict(os.environ) | dict(additions or {})  # noqa: TID251 - passed on, not read
