"""`python -m local`: everything on this machine at once; `python -m local broker`: Kafka alone."""

import asyncio
import signal
import sys
from types import FrameType

import click

from inference.errors import Misconfigured
from inference.web.running import built
from local.errors import BrokerError, LocalError
from local.kafka import Broker
from local.settings import LocalSettings


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Start everything, show first answers, stay until Ctrl-C."""
    if context.invoked_subcommand is None:
        from rich.console import Console  # noqa: PLC0415

        from local.run import run  # noqa: PLC0415 - the broker alone needs none of it

        sys.exit(asyncio.run(run(built(LocalSettings), Console(highlight=False))))


@main.command()
def broker() -> None:
    """Start Kafka alone, and stay until asked to end."""
    settings = built(LocalSettings)
    server = Broker(settings.broker, settings.kafka_port)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        server.start()
        server.wait()
    finally:
        server.stop()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    try:
        main()
    except (Misconfigured, BrokerError, LocalError) as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(1)
