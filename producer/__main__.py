"""`python -m producer`: the only place that builds settings."""

import sys
from pathlib import Path

import click

from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Topics
from inference.web import logs
from inference.web.running import built, run
from producer.failures import Unpublished
from producer.gathering import Wanted
from producer.order import Means, Order, Report, carry_out
from producer.send import Way
from producer.settings import ProducerSettings
from producer.sources.settings import SourceSettings

EXIT_UNSENT = 1
EXIT_MISCONFIGURED = 78

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FEED = click.option(
    "--feed",
    multiple=True,
    metavar="URL|FILE",
    help="A feed (RSS, Atom), or a file: a feed, addresses of feeds line by line, or OPML.",
)
_NEWSAPI = click.option(
    "--newsapi",
    multiple=True,
    metavar="SEARCH",
    help="Words to search NewsAPI.org for, or its own parameters: q=chips&language=en.",
)
_KEY = click.option(
    "--key",
    default="name",
    show_default=True,
    help="Each item's `name` (an entry's id), `none`, or a fixed text.",
)
_SOURCE = click.option("--source", help="CloudEvents source; by default the setting SOURCE.")


@click.group()
def main() -> None:
    """Put requests on Kafka."""


@main.command()
@click.argument("lane")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option(
    "--samples", default=0, type=click.IntRange(min=0), help="So many of the lane's own samples."
)
@click.option("--lines", multiple=True, type=_FILE, help="File of JSON lines, or - for stdin.")
@click.option("--pages", multiple=True, type=_FOLDER, help="Folder of HTML pages: articles.")
@_FEED
@_NEWSAPI
@click.option("--again", is_flag=True, help="Also entries of feeds that were sent before.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="So many a second.")
@_KEY
@_SOURCE
@click.option("--unchecked", is_flag=True, help="Send also what the lane would not take.")
@click.option("--dry-run", is_flag=True, help="Check everything, send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line per event written.")
def send(  # noqa: PLR0913 - click gives one argument per option
    *,
    lane: str,
    paths: tuple[Path, ...],
    samples: int,
    lines: tuple[Path, ...],
    pages: tuple[Path, ...],
    feed: tuple[str, ...],
    newsapi: tuple[str, ...],
    again: bool,
    rate: float | None,
    key: str,
    source: str | None,
    unchecked: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send files, folders, standard input (-) or news to LANE; returns when the broker has all."""
    settings = built(ProducerSettings)
    talkative = settings.log_level.upper() == "DEBUG"
    # The report says it all; what libraries say about a broker that is away would drown it.
    level, libraries = ("DEBUG", "WARNING") if talkative else ("ERROR", "CRITICAL")
    logs.configure(level, as_json=not sys.stderr.isatty(), libraries=libraries)
    wanted = Wanted(paths, samples, lines, pages, feed, newsapi)
    way = Way(source or settings.source, key, rate)
    order = Order(lane, wanted, way, again, unchecked, dry_run, as_json)
    report = run(carry_out(order, _means(settings)))
    _tell(report, order)
    sys.exit(EXIT_UNSENT if report.failures or report.unread else 0)


@main.command()
@click.argument("lane")
@_FEED
@_NEWSAPI
@_KEY
@_SOURCE
def watch(
    *, lane: str, feed: tuple[str, ...], newsapi: tuple[str, ...], key: str, source: str | None
) -> None:
    """Look at feeds and searches again and again, and send what is new to LANE."""
    from producer.watch import Watched  # noqa: PLC0415 - sending once needs no HTTP side
    from producer.watch import watch as until_stopped  # noqa: PLC0415 - likewise

    wanted = Wanted(feeds=feed, searches=newsapi)
    if not wanted.polled:
        message = "there is nothing to watch: give --feed or --newsapi"
        raise Misconfigured(message)
    settings = built(ProducerSettings)
    logs.configure(settings.log_level, as_json=not sys.stderr.isatty())
    watched = Watched(lane, wanted, Way(source or settings.source, key))
    run(until_stopped(watched, _means(settings)))


@main.command()
def serve() -> None:
    """Take requests over HTTP until asked to end."""
    from inference.web.guard.settings import GuardSettings  # noqa: PLC0415 - sending needs no HTTP
    from producer.serve import serve as until_stopped  # noqa: PLC0415 - sending needs no HTTP

    settings = built(ProducerSettings)
    logs.configure(settings.log_level, as_json=not sys.stderr.isatty())
    run(until_stopped(built(KafkaSettings), built(Topics), settings, built(GuardSettings)))


def _means(settings: ProducerSettings) -> Means:
    timeout = settings.acknowledge_timeout
    return Means(built(KafkaSettings), built(Topics), built(SourceSettings), timeout)


def _tell(report: Report, order: Order) -> None:
    """Failures on standard error; what was done too where standard output is for a program."""
    for failure in (*report.unread, *report.failures):
        click.echo(f"{failure.name}: {failure.why}", err=True)
    done = report.tried - len(report.failures)
    verb = "are fit for" if order.dry_run else "are written to"
    click.echo(f"{done} of {report.tried} {verb} {report.topic}", err=order.as_json)
    if report.seen:
        click.echo(f"{report.seen} were sent before; --again sends them too", err=order.as_json)


if __name__ == "__main__":
    try:
        main()
    except (Misconfigured, Unpublished) as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(EXIT_MISCONFIGURED if isinstance(error, Misconfigured) else EXIT_UNSENT)
