"""The whole of `make run`: everything up, a first answer, and everything down again."""

import asyncio
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from inference import lanes
from local import samples
from local.crew import Crew
from local.errors import LocalError
from local.kafka import Broker
from local.lock import locked
from local.once import once
from local.page import welcome
from local.program import Program, Rank, programs, python, shared
from local.settings import LocalSettings
from local.taken import next_free, spoken_for, taken

ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run(settings: LocalSettings, console: Console) -> int:
    """Stay until a signal; gives the exit code, with nothing left running."""
    crew = Crew(settings.logs, lambda name, line: _repeat(console, name, line))
    story = asyncio.create_task(_story(settings, crew, console))
    with _heard(story, crew):
        try:
            await story
        except asyncio.CancelledError:
            console.print("\nStopping; what is in flight is finished. Ctrl-C again: at once.")
        finally:
            await crew.end()
    console.print("Everything is stopped.")
    return 0


async def _story(settings: LocalSettings, crew: Crew, console: Console) -> None:
    began = time.monotonic()
    with locked(settings.local_folder):
        found = list(lanes.packages())
        await _start(settings, found, crew, console)
        shown = samples.ordered(found)
        for lane in shown if settings.samples else ():
            await _show_samples(settings, lane, console)
        welcome(console, settings, next(iter(shown), None), time.monotonic() - began)
        await crew.stay()


async def _start(
    settings: LocalSettings, found: Sequence[str], crew: Crew, console: Console
) -> None:
    """Start all processes at once, since none needs the others to begin, and wait until ready."""
    began = time.monotonic()
    workers = _workers(settings, found)
    planned = programs(settings, workers, await asyncio.to_thread(_broker, settings))

    def announce(program: Program) -> None:
        since = time.monotonic() - began
        console.print(f"[green]ready[/] {since:5.1f} s  {program.name:28} {program.address}")

    keepers = [crew.start(program) for program in planned]
    brokers = [keeper for keeper in keepers if keeper.program.rank is Rank.BROKER]
    await crew.ready(brokers, settings.ready_within, announce)
    await _create_topics(settings)
    others = [keeper for keeper in keepers if keeper not in brokers]
    await crew.ready(others, settings.ready_within, announce)


def _broker(settings: LocalSettings) -> list[str] | None:
    """The command of our own Kafka, its storage prepared; None where there is another one."""
    if settings.kafka_bootstrap_servers is not None:
        return None
    return Broker(settings.broker, settings.kafka_port).prepare()


def _workers(settings: LocalSettings, found: Sequence[str]) -> dict[str, int]:
    """The port of each lane's worker, once it is clear that all other ports are free."""
    refused = list(taken(settings))
    if refused:
        raise LocalError("\n".join(refused))
    try:
        ports = next_free(settings.metrics_port, len(found), spoken_for(settings))
    except LookupError as error:
        raise LocalError(str(error)) from error
    return dict(zip(found, ports, strict=True))


async def _create_topics(settings: LocalSettings) -> None:
    done = await once(
        python("inference", "topics", "--raise-limits"),
        settings.logs / "topics.log",
        shared(settings),
    )
    if done.code:
        message = f"the topics could not be created: {done.last} (log: {done.log})"
        raise LocalError(message)


async def _show_samples(settings: LocalSettings, lane: str, console: Console) -> None:
    asked = await asyncio.to_thread(samples.send, settings, lane)
    found = await samples.answers(settings, lane, asked)
    title = f"{len(asked)} samples of {lane}, {len(found)} of them answered"
    console.print()
    console.print(samples.table(title, asked, found, lanes.headline(lane)))


def _repeat(console: Console, name: str, line: str) -> None:
    console.print(f"{name} | {line}", style="red", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _heard(story: asyncio.Task[None], crew: Crew) -> Iterator[None]:
    """The first signal ends the story, the second one every process."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if not story.done():
            story.cancel()
        else:
            crew.kill()

    for number in ASKED:
        loop.add_signal_handler(number, asked)
    try:
        yield
    finally:
        for number in ASKED:
            loop.remove_signal_handler(number)
