"""What the set-up says while it works: lines, and on a terminal one that keeps changing."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Reading = Callable[[str], str | None]

PAUSE = 5.0  # seconds between two signs of life where there is no terminal


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Progress:
    """Where a long step stands; on a terminal one line in place, else a line now and then."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._said = time.monotonic()
        say(title)

    def at(self, where: str) -> None:
        """Tell how far it has come."""
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\033[K  {where}")
            sys.stdout.flush()
        elif time.monotonic() - self._said > PAUSE:
            self._said = time.monotonic()
            say(f"  {where}")

    def done(self, where: str) -> None:
        """Tell how it ended."""
        sys.stdout.write("\r\033[K" if sys.stdout.isatty() else "")
        say(f"  {where}")


def watched(command: Sequence[str], progress: Progress, reading: Reading, log: Path) -> bool:
    """Run it, its output kept in a file; what `reading` makes of a line is shown; tells success."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as kept, _spoken(command) as running:
        for line in running.stdout or ():
            kept.write(line)
            where = reading(line)
            if where is not None:
                progress.at(where)
    return running.returncode == 0


def _spoken(command: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - commands of the set-up itself
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
