"""The HTTP side of inference as a program: every lane's desk, opened and attended."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from inference import lanes
from inference.control import Program
from inference.kafka import Topics
from inference.lane import Lane
from inference.opening import Means, named, open_lane
from inference.posts.post import Post, View
from inference.posts.station import Reach, Station
from inference.serve.announcing import Announce, announcing, nobody
from inference.serve.api import create_api
from inference.serve.desk import Desk
from inference.serve.memory import give_back_large_pieces
from inference.serve.settings import ServeSettings
from inference.web.guard.guard import Guard
from inference.web.running import until_stopped
from inference.web.serving import serving
from inference.web.watchdog import unwatch, watch

log = structlog.get_logger(__name__)

# The group that dead letters name: nobody's, since nothing was read from a topic.
GROUP = "http"
# What those who look on get, to be told that we leave.
LEAVE_LIMIT = 5.0


async def serve(
    topics: Topics,
    settings: ServeSettings,
    means: Means,
    guard: Guard,
    reach: Reach | None = None,
) -> None:
    """Answers over HTTP until it is asked to stop; raises when a desk breaks."""
    give_back_large_pieces()
    stop = asyncio.create_task(until_stopped())
    async with (
        open_desks(topics, settings, means) as (desks, broken),
        attended(desks, reach) as announce,
    ):
        app = create_api(desks, topics, settings, guard, announce)
        watching = asyncio.create_task(watch(partial(_oldest, desks), settings.stuck_after))
        async with serving(app, settings.host, settings.port) as port:
            log.info("listening", host=settings.host, port=port)
            await asyncio.wait([stop, watching, *broken], return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
        unwatch()
        for one in broken:
            if one.done():
                one.result()


@asynccontextmanager
async def open_desks(
    topics: Topics, settings: ServeSettings, means: Means
) -> AsyncIterator[tuple[Mapping[str, Desk], list[asyncio.Task[None]]]]:
    """A desk for every lane found, and what is done when one of them breaks."""
    desks: dict[str, Desk] = {}
    broken: list[asyncio.Task[None]] = []
    async with AsyncExitStack() as stack:
        for name in settings.serve_lanes or lanes.packages():
            lane = _bounded(named(name, None, topics), settings)
            opened = await stack.enter_async_context(open_lane(lane, GROUP, means))
            desk = desks[name] = Desk(opened)
            works = [desk.attend() for _ in range(opened.caps.at_once or lane.policy.at_once)]
            works.append(opened.swap.watch(means.ladder.model_watch))
            broken += [asyncio.create_task(work) for work in works]
            stack.push_async_callback(_ended, broken)
        yield desks, broken


def _bounded(lane: Lane[Any, Any], settings: ServeSettings) -> Lane[Any, Any]:
    policy = lane.policy.bounded(settings.batch_cap, settings.batch_bytes, settings.workers)
    return replace(lane, policy=policy)


def _oldest(desks: Mapping[str, Desk]) -> float:
    return max((desk.oldest() for desk in desks.values()), default=0.0)


@asynccontextmanager
async def attended(desks: Mapping[str, Desk], reach: Reach | None) -> AsyncIterator[Announce]:
    """The desks report and are commanded, where there is a way; gives how to tell others."""
    if reach is None:
        yield nobody
        return
    station = Station(Program.SERVE, [*map(_post, desks.values())], reach.every)
    attending = [asyncio.create_task(work) for work in reach.attend(station)]
    try:
        yield announcing(station, reach.tell)
    finally:
        for task in attending:
            task.cancel()
        await asyncio.wait(attending, timeout=LEAVE_LIMIT)


def _post(desk: Desk) -> Post:
    return Post(
        desk.opened, View(lambda: {"ladder": desk.trouble}, lambda: desk.opened.swap.ladder.busy)
    )


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
