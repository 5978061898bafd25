"""One lane of a process: what it reports, and how it obeys."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import structlog

from inference.control import Action, Command, Lag, Obeyed, Progress, RungState
from inference.opening import Opened
from inference.swap import Comparison

log = structlog.get_logger(__name__)

WHO = "control"
REMEMBERED = 10

Outcome = tuple[Progress, str]


class Valve(Protocol):
    """What keeps a lane from reading: a gate."""

    def close(self, who: str, why: str) -> None:
        """Closed, until the same `who` opens it."""

    def open(self, who: str) -> None:
        """This reason is gone."""


class View(NamedTuple):
    """What of a lane only its process knows; `valve` is None where no topic is read."""

    trouble: Callable[[], Mapping[str, str | None]]
    in_flight: Callable[[], int]
    lag: Callable[[], Lag | None] = lambda: None
    valve: Valve | None = None


class Post:
    """A lane that is open here."""

    def __init__(self, opened: Opened, view: View) -> None:
        self.opened, self.view = opened, view
        self.changed: Callable[[], None] = lambda: None
        self._commands: deque[Obeyed] = deque(maxlen=REMEMBERED)

    @property
    def contract(self) -> Any:  # noqa: ANN401 - of any lane
        """The lane's contract."""
        return self.opened.journey.contract

    @property
    def commands(self) -> tuple[Obeyed, ...]:
        """The latest commands and what became of them, latest last."""
        return tuple(self._commands)

    def rungs(self) -> tuple[RungState, ...]:
        """The rungs in use, best first."""
        return tuple(
            RungState(
                level=place.rung.level,
                model=place.rung.model,
                breaker=place.breaker.state,
                trouble=place.trouble,
            )
            for place in self.opened.swap.ladder.places
        )

    async def obey(self, command: Command) -> None:
        """Done, or failed: it is noted either way, and nothing is raised."""
        self.note(command, Progress.RUNNING)
        doing = asyncio.create_task(self._do(command))
        try:
            await asyncio.wait([doing])
        finally:
            doing.cancel()
        error = doing.exception()
        if error is None:
            self.note(command, *doing.result())
        else:
            # Its message may quote data, so its type must do.
            self.note(command, Progress.FAILED, f"it ended with {type(error).__name__}")

    def note(self, command: Command, progress: Progress, said: str = "") -> None:
        """How far it is, for the next report."""
        entry = Obeyed(
            id=command.id,
            action=command.action,
            progress=progress,
            said=said,
            time=datetime.now(UTC),
        )
        kept = [one for one in self._commands if one.id != command.id]
        self._commands = deque([*kept, entry], maxlen=REMEMBERED)
        told = {"lane": self.contract.lane, "action": command.action, "id": str(command.id)}
        log.info("command", **told, progress=progress, said=said)
        self.changed()

    async def _do(self, command: Command) -> Outcome:
        if command.action is Action.RELOAD:
            return _reloaded(await self.opened.swap.reload(force=command.force))
        if command.action is Action.CLEAR_CACHE:
            return await self._clear()
        return self._turn(self.view.valve, command)

    async def _clear(self) -> Outcome:
        failed = await self.opened.cache.clear()
        if failed:
            return Progress.FAILED, f"not cleared, try again: {', '.join(failed)}"
        return Progress.DONE, "the cache is empty"

    def _turn(self, valve: Valve | None, command: Command) -> Outcome:
        if valve is None:
            return Progress.PASSED_OVER, "it reads no topic"
        if command.action is Action.PAUSE:
            valve.close(WHO, f"paused by command {command.id}")
            return Progress.DONE, "it reads nothing more"
        valve.open(WHO)
        return Progress.DONE, "it reads"


def _reloaded(found: Comparison) -> Outcome:
    if not found.took_over:
        return Progress.FAILED, found.reason or "the new version did not take over"
    new = found.new
    return Progress.DONE, "taken over" + (f": {new.name} {new.version}" if new else "")
