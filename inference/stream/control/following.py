"""What becomes of one command, process by process."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from inference.control import Command, Progress, Status

ENDED = frozenset({Progress.DONE, Progress.FAILED, Progress.PASSED_OVER})
NOT_HEARD = "not heard"


class Answer(NamedTuple):
    """How far a process is; `progress` may also be that it has not heard of the command."""

    process: str
    progress: str
    said: str


class Following:
    """Those that should obey, and what each has said so far."""

    def __init__(self, command: Command, statuses: Iterable[Status], now: datetime) -> None:
        self._command = command
        self.expected = {
            status.process: status.hearing
            for status in statuses
            if command.concerns(status.program, status.lane) and not status.stale(now)
        }
        self._said: dict[str, Answer] = {}

    def news(self, statuses: Iterable[Status]) -> list[Answer]:
        """What is said now and was not before; who leaves in order need not obey any more."""
        meant = [it for it in statuses if self._command.concerns(it.program, it.lane)]
        there = {status.process for status in meant}
        self.expected = {name: hears for name, hears in self.expected.items() if name in there}
        found = [
            Answer(status.process, one.progress, one.said)
            for status in meant
            for one in status.commands
            if one.id == self._command.id
        ]
        new = [answer for answer in found if self._said.get(answer.process) != answer]
        self._said |= {answer.process: answer for answer in new}
        return new

    @property
    def waiting(self) -> list[Answer]:
        """Those whose last word is still to come."""
        return [
            self._said.get(process, Answer(process, NOT_HEARD, self._silence(process)))
            for process in self.expected
            if process not in self._said or self._said[process].progress not in ENDED
        ]

    @property
    def trouble(self) -> str | None:
        """Who has not done it, unless all have who report."""
        said = [
            answer.process for answer in self._said.values() if answer.progress != Progress.DONE
        ]
        silent = [name for name in self.expected if name not in self._said]
        if said or silent:
            return f"not done by {', '.join(sorted([*said, *silent]))}"
        return None if self._said else "not done: every process has left"

    def _silence(self, process: str) -> str:
        return "no answer yet" if self.expected[process] else "it cannot read the control topic"
