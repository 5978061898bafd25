"""A command that is run once, to its end."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from local.child import Child
from local.polling import until

LIMIT = 120.0


class Done(NamedTuple):
    """How it ended, and what it said."""

    code: int
    lines: Sequence[str]
    log: Path

    @property
    def last(self) -> str:
        """Its last word, which is the reason where it failed."""
        return self.lines[-1] if self.lines else f"code {self.code}"


async def once(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Done:
    """Run it; where we are cancelled, or it takes far too long, it is killed."""
    log.unlink(missing_ok=True)  # noqa: ASYNC240 - a small local file, and nobody waits for us
    child = Child(command, log, environment)
    try:
        await until(lambda: child.code is not None, LIMIT)
    finally:
        child.kill()
    return Done(child.wait(), _lines(log), log)


def _lines(log: Path) -> list[str]:
    return [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
