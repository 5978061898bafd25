"""Keeps looking at feeds and searches, and sends what is new, until it is asked to end."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog

from inference import lanes
from inference.contract import Contract
from inference.web.applications import application
from inference.web.running import until_stopped
from inference.web.serving import serving
from producer.gathering import Wanted, must_fit
from producer.intake import Intake
from producer.order import Means
from producer.publish import publishing
from producer.send import Sending, Way
from producer.sources.fetching.failures import Unread
from producer.sources.looking import Looking
from producer.sources.pauses import Pauses
from producer.sources.polled import sources
from producer.sources.polling import Harvest, Poller, Source
from producer.sources.seen import Seen

log = structlog.get_logger(__name__)


class Watched(NamedTuple):
    """What somebody asked to have watched."""

    lane: str
    wanted: Wanted
    way: Way


@dataclass
class Watch:
    """Each source is looked at in a task of its own; what it gives is sent to the end."""

    looking: Looking
    poller: Poller
    intake: Intake
    contract: Contract[Any, Any]
    way: Way
    deliveries: set[asyncio.Task[None]] = field(default_factory=set)

    async def keep(self, source: Source) -> None:
        """Looks at one source for ever; raises only what no later look could mend."""
        while True:
            try:
                harvest = await self.looking.look(source)
            except Unread as failure:
                log.warning(
                    "could not be read", feed=source.name, outcome=failure.outcome, why=str(failure)
                )
            else:
                await self._deliver(harvest)
            await asyncio.sleep(self.looking.pause(source))

    async def finish(self) -> None:
        """Waits for what is being sent; the publisher's own limits bound it."""
        if self.deliveries:
            await asyncio.wait(self.deliveries)

    async def _deliver(self, harvest: Harvest) -> None:
        """Even if nobody waits any more: what is sent is noted down as sent."""
        delivery = asyncio.create_task(self._send(harvest))
        self.deliveries.add(delivery)
        delivery.add_done_callback(self.deliveries.discard)
        await asyncio.shield(delivery)

    async def _send(self, harvest: Harvest) -> None:
        sending = Sending(self.intake, self.contract, self.way, lambda _name, _written: None)
        failures = await sending.send(harvest.items.values())
        await self.poller.settle(harvest, failures)
        log.info(
            "looked",
            feed=harvest.source.name,
            seen=len(harvest.seen),
            sent=sending.tried - len(failures),
            failed=len(failures),
        )


async def watch(watched: Watched, means: Means) -> None:
    """Returns after SIGTERM or SIGINT, when what was being sent is sent."""
    settings, lane = means.sources, watched.lane
    contract = means.topics.bounded(lanes.contract(lane))
    must_fit(watched.wanted, contract)
    named = sources(watched.wanted.feeds, watched.wanted.searches, settings)
    seen = Seen(settings.seen_file, lane, settings.seen_per_feed)
    await seen.open()
    topics, limit = [means.topics.requests(lane)], means.acknowledge_timeout
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        publisher = await enter(publishing(means.kafka, topics, contract.max_bytes, limit))
        app = application("Penstock: watch", "Looks at feeds.", publisher.live, publisher.checks)
        host, port = settings.watch_host, settings.watch_port
        bound = await enter(serving(app, host, port, setting="WATCH_PORT"))
        log.info("watching", lane=lane, sources=len(named), host=host, port=bound)
        poller = Poller(lane, seen)
        looking = Looking(poller, Pauses(time.monotonic), settings.fetch_concurrency)
        intake = Intake(publisher, means.topics)
        await _until_stopped(Watch(looking, poller, intake, contract, watched.way), named)


async def _until_stopped(watch: Watch, named: Sequence[Source]) -> None:
    """Looks until it is asked to end; raises what one of the tasks could not mend."""
    stop = asyncio.create_task(until_stopped())
    keeping = [asyncio.create_task(watch.keep(source)) for source in named]
    try:
        await asyncio.wait([stop, *keeping], return_when=asyncio.FIRST_COMPLETED)
        log.info("ending")
    finally:
        for task in (stop, *keeping):
            task.cancel()
        await asyncio.wait([stop, *keeping])
        await watch.finish()
    for task in keeping:
        if not task.cancelled():
            task.result()
