"""`python -m consumer`: the only place that builds settings."""

import os
import sys
import time
from collections.abc import Coroutine
from typing import Any

import click
import structlog

from consumer import times
from consumer.replay import Selection
from consumer.settings import ConsumerSettings, HttpSettings, StoreSettings
from inference.errors import Misconfigured, PenstockError, Unavailable
from inference.kafka import KafkaSettings, Topics
from inference.web import logs
from inference.web.running import built, run

EXIT_FAILED = 1
EXIT_CRASHED = 3
EXIT_MISCONFIGURED = 78

log = structlog.get_logger(__name__)


class Moment(click.ParamType):
    """A time, or how long ago; milliseconds since 1970."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None  # noqa: ANN401 - as click has it
    ) -> int:
        """The moment that was meant."""
        found = times.moment(str(value), time.time_ns() // 1_000_000)
        if found is None:
            self.fail("write 2026-01-31T09:00:00Z, or how long ago: 2h", param, ctx)
        return found


@click.group()
def main() -> None:
    """Store results and dead letters, show them, and put dead letters back."""


@main.command()
def serve() -> None:
    """Store what comes and give it out over HTTP until asked to end."""
    from consumer.serve import Setup, serve  # noqa: PLC0415 - tail and replay need no database

    http = built(HttpSettings)
    logs.configure(http.log_level, as_json=not sys.stderr.isatty())
    setup = Setup(
        built(KafkaSettings), built(Topics), http, built(StoreSettings), built(ConsumerSettings)
    )
    _end(serve(setup))


@main.command()
@click.option("--reason", help="Only those dead-lettered for this reason.")
@click.option("--lane", help="Only those of this lane.")
@click.option("--since", type=Moment(), help="Not before: a time, or how long ago (2h).")
@click.option("--until", type=Moment(), help="Before: a time, or how long ago.")
@click.option("--id", "ids", multiple=True, help="Only this one, as it is shown; repeatable.")
@click.option("--all", "everything", is_flag=True, help="All, where nothing else is selected.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--rate", default=100.0, type=click.FloatRange(min=0, min_open=True), show_default=True, help="At most so many a second.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
def replay(...): ...
