"""What the processes say: all of it in their logs, and what a person must see on the terminal."""

import json
from collections.abc import Iterator
from pathlib import Path

LOUD = frozenset({"error", "critical"})
ASIDE = frozenset({"level", "event", "timestamp", "logger"})
LONGEST = 500


def told(line: str) -> str | None:
    """What to show of a line: errors in few words, and whatever is no line of a log; else None."""
    try:
        said = json.loads(line)
    except ValueError:
        return line.rstrip()[:LONGEST] or None
    if not isinstance(said, dict):
        return line.rstrip()[:LONGEST]
    if said.get("level") not in LOUD:
        return None
    rest = [f"{name}={value}" for name, value in said.items() if name not in ASIDE]
    return " ".join([str(said.get("event", "")), *rest])[:LONGEST]


class Following:
    """Reads what is appended to a file from now on, whole lines only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = path.stat().st_size if path.exists() else 0
        self._begun = b""

    def lines(self) -> Iterator[str]:
        """Those that came since the last call."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._at)
            new = file.read()
        self._at += len(new)
        *whole, self._begun = (self._begun + new).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
