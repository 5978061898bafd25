"""All processes as a table: fitted to a terminal, a line each to whatever else reads it."""

from collections.abc import Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from inference.breaker import State
from inference.control import RungState, Status

Statuses = Sequence[Status]
HEADINGS = ("lane", "process", "program", "state", "rungs", "cache", "lag", "in flight", "heard")
WIDEST = 500
BAD, GOOD, FAINT = "red", "green", "dim"


def show(statuses: Statuses, now: datetime) -> None:
    """A row for each lane of each process."""
    if not statuses:
        click.echo("No process reports.")
        return
    table = Table(*HEADINGS, box=None, pad_edge=False)
    for status in statuses:
        table.add_row(*row(status, now), style=FAINT if status.stale(now) else None)
    terminal = Console()
    (terminal if terminal.is_terminal else Console(width=WIDEST)).print(table)


def row(status: Status, now: datetime) -> list[Text]:
    """One process; of a stale one only the last word is known."""
    rungs = ", ".join(map(_rung, status.rungs))
    return [
        Text(plain(status.lane)),
        Text(plain(f"{status.host}:{status.pid}")),
        Text(status.program),
        _state(status, now),
        Text(plain(rungs) or "none"),
        Text(f"{status.cache.hit_rate_percent:.0f} %" if status.cache.enabled else "off"),
        Text("" if status.lag is None else str(status.lag.records)),
        Text(str(status.in_flight)),
        Text(f"{max(0.0, (now - status.time).total_seconds()):.0f} s ago"),
    ]


def plain(text: str) -> str:
    """Without what a terminal would obey: anybody may write on a topic."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _state(status: Status, now: datetime) -> Text:
    if status.stale(now):
        return Text("stale", style=BAD)
    deaf = [] if status.hearing else ["hears no commands"]
    wrong = [f"{name}: {why}" for name, why in status.trouble.items()]
    if wrong or deaf:
        return Text(plain("; ".join([*wrong, *deaf])), style=BAD)
    return Text("ready", style=GOOD)


def _rung(rung: RungState) -> str:
    model = f" {rung.model.name} {rung.model.version}" if rung.model else ""
    breaker = "" if rung.breaker is State.CLOSED else f" ({rung.breaker})"
    return f"{rung.level}{model}{breaker}"
