"""How models are shown: fitted to a terminal, a line each to whatever else reads it."""

from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

FIRST, WIDEST = 12, 500


def show(rows: Iterable[tuple[str, str]]) -> None:
    """What is said of one model, as each fact is found."""
    for name, said in rows:
        click.echo(f"{click.style(f'{name:{FIRST}}', bold=True)} {_plain(said)}")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A line for each of many."""
    shown = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        shown.add_row(*(Text(_plain(cell)) for cell in row))
    terminal = Console()
    (terminal if terminal.is_terminal else Console(width=WIDEST)).print(shown)


def _plain(text: str) -> str:
    """Without what a terminal would obey: names and labels are strangers'."""
    return "".join(c if c.isprintable() else "?" for c in text)
