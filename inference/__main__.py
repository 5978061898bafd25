"""`python -m inference`: the only place that builds settings."""

import gc
import os
import sys
from collections.abc import Coroutine
from typing import Any

import click
import structlog
from pydantic import ValidationError

from inference.errors import Misconfigured, PenstockError
from inference.kafka import KafkaSettings, Topics
from inference.settings import LogSettings, ReaderSettings, WorkerSettings
from inference.web import logs
from inference.web.running import run

log = structlog.get_logger(__name__)

EXIT_CRASHED = 3
EXIT_MISCONFIGURED = 78


@click.group()
def main() -> None:
    """Kafka in front of models."""
    settings = LogSettings()
    logs.configure(settings.log_level, as_json=not sys.stderr.isatty())


@main.command()
@click.argument("lane")
def work(lane: str) -> None:
    """Carry the records of LANE until asked to stop."""
    from inference.stream.worker import Setup, work  # noqa: PLC0415 - others need no Faust

    setup = Setup(KafkaSettings(), Topics(), ReaderSettings(), WorkerSettings())
    # Records in flight are many, live briefly and form no cycles: looking through them for garbage
    # as often as Python does by default takes a quarter of a worker's time.
    gc.set_threshold(500_000, 20, 100)
    _end(work(lane, setup))


@main.command(hidden=True)
@click.argument("lane")
def trial(lane: str) -> None:
    """Try suspected records of LANE; started by a worker, spoken to through pipes."""
    from inference.opening import named  # noqa: PLC0415 - others need no Faust
    from inference.stream.child import serve_trials  # noqa: PLC0415

    settings = WorkerSettings()
    group = ReaderSettings().group or f"penstock.{settings.lane_name or lane}"
    _end(serve_trials(named(lane, settings.lane_name, Topics()), group))


def _end(program: Coroutine[Any, Any, None]) -> None:
    """Run to the end; then leave at once, since a hanging client or thread must not keep us."""
    code = EXIT_CRASHED
    try:
        run(program)
        code = 0
    except Misconfigured as error:
        log.critical("cannot go on", reason=str(error))
        code = EXIT_MISCONFIGURED
    except PenstockError as error:
        log.critical("cannot go on", reason=str(error))
    finally:
        if code == EXIT_CRASHED:
            log.critical("crashed", exc_info=sys.exception())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    try:
        main()
    except (Misconfigured, ValidationError) as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(EXIT_MISCONFIGURED)
