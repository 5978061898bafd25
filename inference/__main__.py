"""`python -m inference`: the only place that builds settings."""

import gc
import os
import sys
from collections.abc import Coroutine
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import click
import structlog

from inference.cache.settings import CacheSettings
from inference.errors import Misconfigured, PenstockError
from inference.kafka import KafkaSettings, Topics
from inference.settings import (
    ControlSettings,
    LadderSettings,
    LogSettings,
    ReaderSettings,
    WorkerSettings,
)
from inference.web import logs
from inference.web.running import built, run

if TYPE_CHECKING:
    from inference.posts.station import Reach

log = structlog.get_logger(__name__)

EXIT_CRASHED = 3
EXIT_MISCONFIGURED = 78


class Lazily(click.Group):
    """Imports a command when it is called for: a trial's child must start in no time."""

    ELSEWHERE: ClassVar = {
        "control": "inference.stream.control.commands",
        "doctor": "inference.doctor.commands",
        "keys": "inference.web.guard.commands",
        "models": "inference.models.commands",
        "status": "inference.stream.control.commands",
        "topics": "inference.stream.commands",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands here, and those elsewhere."""
        return sorted([*super().list_commands(ctx), *self.ELSEWHERE])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of them."""
        if name not in self.ELSEWHERE:
            return super().get_command(ctx, name)
        found: click.Command = getattr(import_module(self.ELSEWHERE[name]), name)
        return found


@click.group(cls=Lazily)
def main() -> None:
    """Kafka in front of models."""
    settings = built(LogSettings)
    logs.configure(settings.log_level, as_json=not sys.stderr.isatty())


@main.command()
@click.argument("lane")
def work(lane: str) -> None:
    """Carry the records of LANE until asked to stop."""
    from inference.opening import Means  # noqa: PLC0415
    from inference.stream.state import Setup  # noqa: PLC0415 - others need no Faust
    from inference.stream.worker import work  # noqa: PLC0415

    setup = Setup(
        built(KafkaSettings),
        built(Topics),
        built(ReaderSettings),
        built(WorkerSettings),
        Means(built(LadderSettings), built(CacheSettings)),
        built(ControlSettings),
    )
    # Records in flight are many, live briefly and form no cycles: looking through them for garbage
    # as often as Python does by default takes a quarter of a worker's time.
    gc.set_threshold(500_000, 20, 100)
    _end(work(lane, setup))


@main.command()
def serve() -> None:
    """Answer over HTTP until asked to stop."""
    from inference.opening import Means  # noqa: PLC0415 - others need no FastAPI
    from inference.serve.program import serve  # noqa: PLC0415
    from inference.serve.settings import ServeSettings  # noqa: PLC0415
    from inference.web.guard.guard import Guard  # noqa: PLC0415
    from inference.web.guard.settings import GuardSettings  # noqa: PLC0415

    settings = built(ServeSettings)
    guard = Guard(built(GuardSettings), settings.host)
    means = Means(built(LadderSettings), built(CacheSettings))
    topics = built(Topics)
    _end(serve(topics, settings, means, guard, _reach(topics)))


def _reach(topics: Topics) -> "Reach | None":
    """Where nobody names a broker, none is looked for."""
    kafka = built(KafkaSettings)
    if not kafka.chosen:
        return None
    from inference.stream.control.attendance import reach  # noqa: PLC0415 - others need no Kafka client

    return reach(kafka, topics, built(ControlSettings))


@main.command(hidden=True)
@click.argument("lane")
def trial(lane: str) -> None:
    """Try suspected records of LANE; started by a worker, spoken to through pipes."""
    from inference.opening import Means, named  # noqa: PLC0415 - others need no Faust
    from inference.stream.child import serve_trials  # noqa: PLC0415

    settings = built(WorkerSettings)
    group = built(ReaderSettings).group or f"penstock.{settings.lane_name or lane}"
    # What is suspected is computed, and never remembered.
    means = Means(built(LadderSettings), CacheSettings(enable_model_cache=False))
    _end(serve_trials(named(lane, settings.lane_name, built(Topics)), group, means))


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
    except Misconfigured as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(EXIT_MISCONFIGURED)
