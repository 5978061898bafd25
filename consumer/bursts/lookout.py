"""Looks for bursts as long as the program runs, in what has changed since it looked last."""

import asyncio
import time
from functools import partial

import structlog
from aiokafka.errors import KafkaError

from consumer import metrics
from consumer.bursts.changes import Changes, Range, Watched, watched
from consumer.bursts.looking import look
from consumer.bursts.telling import Teller
from consumer.store import bursts
from consumer.store.store import Store
from consumer.waiting import pause
from inference.errors import Unavailable
from inference.kafka import KafkaSettings, Topics

# Of the time that looking takes, so many times is waited at least: nobody else is held up by it.
BREATHS = 10

log = structlog.get_logger(__name__)


class Lookout:
    """Several may look at one store: what one has noted no other notes, and one of them tells it.

    `changes` must hear of everything that this program stores.
    """

    def __init__(self, store: Store, kafka: KafkaSettings, topics: Topics) -> None:
        self._watched = watched(store.kept)
        self._store = store
        self._teller = Teller(kafka, topics, store, self._watched)
        self.changes = Changes(self._watched)

    async def run(self, interval: float, stop: asyncio.Event) -> None:
        """Look until stopped; first at everything, since nobody knows what was left undone."""
        if not self._watched:
            return
        self.changes.everything(_now())
        while not stop.is_set():
            begun = time.monotonic()
            await self.once(_now())
            await pause(stop, max(interval, BREATHS * (time.monotonic() - begun)))

    async def once(self, now: int) -> None:
        """Look at what has changed, and tell what was found; what fails is done the next time."""
        taken = self.changes.take(now)
        try:
            while taken:
                await self._look(*taken[0], now)
                taken.pop(0)
            await self._teller.tell(now)
        except (Unavailable, KafkaError, OSError) as error:
            self.changes.give_back(taken)
            log.warning("bursts wait", error=type(error).__name__)

    async def _look(self, seen: Watched, changed: Range, now: int) -> None:
        with metrics.LOOK_SECONDS.time():
            finding = partial(look, seen=seen, changed=changed, now=now)
            findings = await self._store.ask(finding)
            if not findings:
                return
            noting = partial(bursts.note, seen=seen, findings=findings, now=now)
            for burst in await self._store.change(noting):
                metrics.BURSTS.labels(seen.lane).inc()
                log.info("burst", id=burst.id, lane=burst.lane, count=burst.count)


def _now() -> int:
    return time.time_ns() // 1_000_000
