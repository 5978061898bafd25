"""How a person at a terminal sees records and replays; nothing a sender wrote controls it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from consumer.replay import Done, Outcome
from consumer.times import shown

_COLOURS = {
    Outcome.WOULD_REPLAY: "cyan",
    Outcome.REPLAYED: "green",
    Outcome.EXPIRED: "yellow",
    Outcome.SKIPPED: "yellow",
    Outcome.REFUSED: "red",
    Outcome.FAILED: "red",
}


def plain(text: str) -> str:
    """The text without characters that a terminal would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def clock(moment: int) -> str:
    """A moment, short enough for a line."""
    return f"{shown(moment):%Y-%m-%d %H:%M:%S}.{moment % 1000:03d}Z"


def letters_heading() -> str:
    """What the columns are where dead letters are put back."""
    return click.style(_aligned("outcome", "reason", "lane", "request", "dead letter"), bold=True)


def answers_heading() -> str:
    """What the columns are where questions are asked again."""
    return click.style(_aligned("outcome", "answered", "lane", "request", "result"), bold=True)


def replay_line(done: Done) -> str:
    """One that was chosen and what became of it."""
    one = done.chosen
    about = ("-", "-", "-") if one is None else (one.reason, one.lane, one.request_id)
    reason, lane, request = map(plain, about)
    line = _aligned(done.outcome, reason, lane, request, plain(f"{done.id}  {done.detail}"))
    return click.style(line, _COLOURS[done.outcome])


def _aligned(outcome: str, reason: str, lane: str, request: str, rest: str) -> str:
    return f"{outcome:<12}  {reason:<9}  {lane:<20}  {request:<36}  {rest}".rstrip()


def total(outcomes: Iterable[Outcome]) -> str:
    """How many of each."""
    counts = Counter(outcomes)
    return ", ".join(f"{counts[o]} {o}" for o in Outcome if counts[o]) or "nothing was selected"


def json_line(document: Any) -> str:  # noqa: ANN401 - any JSON
    """A document on a line of its own."""
    return json.dumps(document, ensure_ascii=False, default=str)


@contextmanager
def looking() -> Iterator[Callable[[], None]]:
    """Something to call for every record looked at; shown on a terminal only."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.completed} dead letters looked at"))
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as progress:
        task = progress.add_task("looking", total=None)
        yield lambda: progress.advance(task)
