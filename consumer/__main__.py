"""`python -m consumer`: the only place that builds settings."""

import os
import sys
import time
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

import click
import structlog

from consumer import printing, times
from consumer.choices import Said
from consumer.replay import Done, Outcome, Selection
from consumer.replaying import Pace, replayed
from consumer.settings import ConsumerSettings, HttpSettings, StoreSettings
from consumer.store.wanted import Wanted
from consumer.tail import Tail
from consumer.tail import tail as follow
from inference.errors import Misconfigured, Unavailable
from inference.kafka import KafkaSettings, Topics
from inference.web import logs
from inference.web.running import built, run

EXIT_FAILED = 1
EXIT_CRASHED = 3
EXIT_MISCONFIGURED = 78
FINE = {Outcome.REPLAYED, Outcome.WOULD_REPLAY}

log = structlog.get_logger(__name__)


class Moment(click.ParamType):
    """A time, or how long ago; milliseconds since 1970."""

    name = "time"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
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
    from inference.web.guard.settings import GuardSettings  # noqa: PLC0415 - nor HTTP

    http = built(HttpSettings)
    logs.configure(http.log_level, as_json=not sys.stderr.isatty())
    setup = Setup(
        built(KafkaSettings),
        built(Topics),
        http,
        built(StoreSettings),
        built(ConsumerSettings),
        built(GuardSettings),
    )
    _end(serve(setup))


@main.command()
@click.option(
    "--degraded",
    is_flag=True,
    help="Instead of dead letters, questions in the store that were answered below full.",
)
@click.option("--force", is_flag=True, help="With --degraded: replace answers by equal ones too.")
@click.option("--reason", help="Only those dead-lettered for this reason.")
@click.option("--lane", help="Only those of this lane.")
@click.option("--since", type=Moment(), help="Not before: a time, or how long ago (2h).")
@click.option("--until", type=Moment(), help="Before: a time, or how long ago.")
@click.option("--id", "ids", multiple=True, help="This one, as it is shown; can be repeated.")
@click.option("--all", "everything", is_flag=True, help="Needed where nothing is selected.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--rate",
    default=100.0,
    type=click.FloatRange(min=0, min_open=True),
    show_default=True,
    help="At most so many a second.",
)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
def replay(
    *,
    dry_run: bool,
    rate: float,
    limit: int | None,
    **said: Any,  # noqa: ANN401 - the fields of Said
) -> None:
    """Put chosen dead letters back on their topics, with the ids that they had.

    With --degraded, put back the questions that a rung below the best one answered.
    """
    choice, pace = Said(**said).choice(), Pace(rate, limit, dry_run)
    _quiet()
    working = _replay(choice, pace) if isinstance(choice, Selection) else _ask(choice, pace)
    outcomes = run(working)
    click.echo(printing.total(outcomes), err=True)
    sys.exit(EXIT_FAILED if set(outcomes) - FINE else 0)


@main.command()
@click.option("--lane", help="Only this lane.")
@click.option("--since", type=Moment(), help="From then on: a time, or how long ago (2h).")
@click.option("--json", "as_json", is_flag=True, help="A JSON document per line.")
def tail(*, lane: str | None, since: int | None, as_json: bool) -> None:
    """Print results and dead letters as they come; Ctrl-C ends it."""
    _quiet()
    run(follow(built(KafkaSettings), built(Topics), Tail(lane, since, as_json), click.echo))


async def _replay(selection: Selection, pace: Pace) -> list[Outcome]:
    """Put dead letters back."""
    click.echo(printing.letters_heading())
    with printing.looking() as looked:
        kafka, topics = built(KafkaSettings), built(Topics)
        return await _printed(replayed(kafka, topics, selection, pace, looked))


async def _ask(wanted: Wanted, pace: Pace) -> list[Outcome]:
    """Ask again what the store has an answer below full to."""
    from consumer.asking import asked_again  # noqa: PLC0415 - tail needs no database
    from consumer.store.store import joined  # noqa: PLC0415 - nor do dead letters

    url = built(StoreSettings).url.get_secret_value()
    async with joined(url) as store:
        click.echo(printing.answers_heading())
        kafka, topics = built(KafkaSettings), built(Topics)
        return await _printed(asked_again(kafka, topics, store, wanted, pace))


async def _printed(replaying: AsyncGenerator[Sequence[Done], None]) -> list[Outcome]:
    """Print a line for each as it is done."""
    outcomes: list[Outcome] = []
    async with aclosing(replaying) as chunks:
        async for done in chunks:
            for one in done:
                click.echo(printing.replay_line(one))
                outcomes.append(one.outcome)
    return outcomes


def _quiet() -> None:
    """What is printed says it all; what libraries say beside it would drown it."""
    logs.configure("ERROR", as_json=not sys.stderr.isatty(), libraries="CRITICAL")


def _end(program: Coroutine[Any, Any, None]) -> None:
    """Run to the end; then leave at once, since a hanging client or thread must not keep us."""
    code = EXIT_CRASHED
    try:
        run(program)
        code = 0
    except Misconfigured as error:
        log.critical("cannot go on", reason=str(error))
        code = EXIT_MISCONFIGURED
    finally:
        if code == EXIT_CRASHED:
            log.critical("crashed", exc_info=sys.exception())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    try:
        main()
    except (Misconfigured, Unavailable) as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(EXIT_MISCONFIGURED if isinstance(error, Misconfigured) else EXIT_FAILED)
