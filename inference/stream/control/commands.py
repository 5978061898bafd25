"""`python -m inference status` and `python -m inference control`: all processes, from anywhere."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from aiokafka.errors import UnknownTopicOrPartitionError

from inference.control import Action, Command
from inference.kafka import KafkaSettings, Topics
from inference.stream.control import overview
from inference.stream.control.bulletin import bulletin
from inference.stream.control.following import Answer, Following
from inference.stream.control.telling import publish
from inference.stream.enquiries import UNANSWERED
from inference.web.running import built

T = TypeVar("T")
LIMIT = 30.0


@click.command()
def status() -> None:
    """Show every process: its models, its cache, what waits, and what is wrong."""
    kafka, topics = built(KafkaSettings), built(Topics)
    overview.show(_answered(kafka, _seen(kafka, topics)), datetime.now(UTC))


@click.command()
@click.argument("action", type=click.Choice([str(action) for action in Action]))
@click.option("--lane", help="Only this lane; by default every one.")
@click.option("--force", is_flag=True, help="With reload: even if the new one agrees too little.")
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for what comes.")
def control(action: str, lane: str | None, *, force: bool, wait: float) -> None:
    """Tell all processes to do ACTION, and show what becomes of it in each.

    Only workers are told to pause and to resume: nobody else reads a topic. Ends with 0 once all
    have done it, else with 1 and a line that names those which have not.
    """
    if force and action != Action.RELOAD:
        message = "--force goes with reload only"
        raise click.UsageError(message)
    kafka, topics = built(KafkaSettings), built(Topics)
    command = Command.given(Action(action), lane, force=force)
    trouble = _answered(kafka, _told(kafka, topics, command, wait), LIMIT + wait)
    if trouble is not None:
        raise click.ClickException(overview.plain(trouble))


async def _seen(kafka: KafkaSettings, topics: Topics) -> overview.Statuses:
    async with bulletin(kafka, topics.status_topic) as read:
        return read.statuses()


async def _told(kafka: KafkaSettings, topics: Topics, command: Command, wait: float) -> str | None:
    """Which processes have not done it in time, unless all have."""
    async with bulletin(kafka, topics.status_topic) as read:
        following = Following(command, read.statuses(), datetime.now(UTC))
        if not following.expected:
            message = "no process to tell; `python -m inference status` shows those that there are"
            raise click.ClickException(message)
        await publish(kafka, topics.control_topic, command)
        ends = asyncio.get_running_loop().time() + wait
        while following.waiting and asyncio.get_running_loop().time() < ends:
            await read.more()
            for answer in following.news(read.statuses()):
                click.echo(_line(answer))
    for answer in following.waiting:
        click.echo(_line(answer))
    return following.trouble


def _line(answer: Answer) -> str:
    return f"{answer.progress:12} {overview.plain(f'{answer.process}  {answer.said}')}"


def _answered(kafka: KafkaSettings, asking: Coroutine[Any, Any, T], limit: float = LIMIT) -> T:
    """What comes of it; that nobody answers, or a topic is missing, is one line."""
    try:
        return asyncio.run(asyncio.wait_for(asking, limit))
    except UnknownTopicOrPartitionError as error:
        message = f"topic {error.args[0]} is missing; `python -m inference topics` creates it"
        raise click.ClickException(message) from error
    except UNANSWERED as error:
        message = f"no answer from {kafka.bootstrap_servers} ({type(error).__name__})"
        raise click.ClickException(message) from error
