"""What the processes say: all of it in their logs, and what a person must see on the terminal."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

LOUD = frozenset({"error", "critical"})
ASIDE = frozenset({"level", "event", "timestamp", "logger"})
DOUBT = re.compile(r"[\d:.]+ \[[^]]+\] (WARN|INFO) ")
TRACEBACK = "Traceback (most recent"
LONGEST = 500


def told(line: str) -> str | None:
    """What to show of a line, in few words: errors, and what is no line of a log; else None."""
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if isinstance(said, dict):
        return _error(said) if said.get("level") in LOUD else None
    # Of a traceback the last line is enough: the others stand in the log, as Kafka's doubts do.
    if line.startswith((" ", TRACEBACK)) or DOUBT.match(line):
        return None
    return line.rstrip()[:LONGEST] or None


def _error(said: Mapping[str, object]) -> str:
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
