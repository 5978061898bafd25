"""How a person, or a program, sees `send` go on."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from producer.event import Written


@contextmanager
def progress(
    count: int | None, *, as_json: bool
) -> Iterator[Callable[[str, Written | None], None]]:
    """What is to be told of each item at its end; draws a bar only on a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )  # fmt: skip
    bar = Progress(
        *columns, console=console, disable=not console.is_terminal, redirect_stdout=False
    )
    with bar:
        task = bar.add_task("sending", total=count)

        def on_end(name: str, written: Written | None) -> None:
            bar.advance(task)
            if as_json and written is not None:
                click.echo(json.dumps({"name": name, **written._asdict()}))

        yield on_end
