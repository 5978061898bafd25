"""Looks at sources without being a nuisance: few at once, one per host, pauses after failures."""

import asyncio

from producer.sources.fetching.failures import HostFailed, Unread
from producer.sources.pauses import Pauses, spread
from producer.sources.polling import Harvest, Poller, Source


class Looking:
    """A failure of a host holds for all that it has; any other only for the source itself."""

    def __init__(self, poller: Poller, pauses: Pauses, at_once: int) -> None:
        self._poller, self._pauses = poller, pauses
        self._slots = asyncio.Semaphore(at_once)

    async def look(self, source: Source) -> Harvest:
        """What is new in it, once its host may be asked again; raises Unread."""
        async with self._pauses.turn(source.host), self._slots:
            try:
                harvest = await self._poller.poll(source)
            except HostFailed as failure:
                self._pauses.failed(source.host, failure.after)
                raise
            except Unread:
                self._pauses.went_well(source.host)
                self._pauses.failed(source.scope)
                raise
        self._pauses.went_well(source.host)
        self._pauses.went_well(source.scope)
        return harvest

    def pause(self, source: Source) -> float:
        """Seconds until it should be looked at again."""
        left = max(self._pauses.left(source.host), self._pauses.left(source.scope))
        return max(spread(source.interval), left)
