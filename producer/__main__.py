"""`python -m producer`: the only place that builds settings."""

import sys
from pathlib import Path

import click

from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Topics
from inference.web import logs
from inference.web.running import built, run
from producer.failures import Unpublished
from producer.order import Order, Report, carry_out
from producer.send import Way
from producer.settings import ProducerSettings

EXIT_UNSENT = 1
EXIT_MISCONFIGURED = 78


@click.group()
def main() -> None:
    """Put requests on Kafka."""


@main.command()
@click.argument("lane")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option(
    "--samples", default=0, type=click.IntRange(min=0), help="So many of the lane's own samples."
)
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="So many a second.")
@click.option(
    "--key", default="name", show_default=True, help="Each file's `name`, `none`, or a fixed text."
)
@click.option("--source", help="CloudEvents source; by default the setting SOURCE.")
@click.option("--unchecked", is_flag=True, help="Send also what the lane would not take.")
@click.option("--dry-run", is_flag=True, help="Check everything, send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line per event written.")
def send(  # noqa: PLR0913 - click gives one argument per option
    *,
    lane: str,
    paths: tuple[Path, ...],
    samples: int,
    rate: float | None,
    key: str,
    source: str | None,
    unchecked: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send files, folders or standard input (-) to LANE; returns when the broker has everything."""
    settings = built(ProducerSettings)
    talkative = settings.log_level.upper() == "DEBUG"
    # The report says it all; what libraries say about a broker that is away would drown it.
    level, libraries = ("DEBUG", "WARNING") if talkative else ("ERROR", "CRITICAL")
    logs.configure(level, as_json=not sys.stderr.isatty(), libraries=libraries)
    way = Way(source or settings.source, key, rate)
    order = Order(lane, paths, samples, way, unchecked, dry_run, as_json)
    report = run(
        carry_out(order, built(KafkaSettings), built(Topics), settings.acknowledge_timeout)
    )
    _tell(report, order)
    sys.exit(EXIT_UNSENT if report.failures else 0)


@main.command()
def serve() -> None:
    """Take requests over HTTP until asked to end."""
    from inference.web.guard.settings import GuardSettings  # noqa: PLC0415 - sending needs no HTTP
    from producer.serve import serve as until_stopped  # noqa: PLC0415 - sending needs no HTTP

    settings = built(ProducerSettings)
    logs.configure(settings.log_level, as_json=not sys.stderr.isatty())
    run(until_stopped(built(KafkaSettings), built(Topics), settings, built(GuardSettings)))


def _tell(report: Report, order: Order) -> None:
    """Failures on standard error; what was done too where standard output is for a program."""
    for failure in report.failures:
        click.echo(f"{failure.name}: {failure.why}", err=True)
    done = report.tried - len(report.failures)
    verb = "are fit for" if order.dry_run else "are written to"
    click.echo(f"{done} of {report.tried} {verb} {report.topic}", err=order.as_json)


if __name__ == "__main__":
    try:
        main()
    except (Misconfigured, Unpublished) as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(EXIT_MISCONFIGURED if isinstance(error, Misconfigured) else EXIT_UNSENT)
