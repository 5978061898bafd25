"""What the server of a tier holds: asked now and then, beside all that answers wait for."""

import asyncio
from contextlib import suppress
from typing import NoReturn

from inference import metrics
from inference.cache.store import Held, Store
from inference.contract import Tier

EVERY = 30.0
LIMIT = 1.0


class Weighing:
    """The latest figure; none while nobody gives one, and its metrics are not there either."""

    def __init__(self, lane: str, tier: Tier, store: Store) -> None:
        self.held: Held | None = None
        self._labels, self._store = (lane, tier), store

    async def weigh(self) -> NoReturn:
        """For ever; what is wrong with a server, those say who read and write there."""
        try:
            while True:
                self._tell(await self._asked())
                await asyncio.sleep(EVERY)
        finally:
            self._tell(None)

    async def _asked(self) -> Held | None:
        with suppress(TimeoutError, *self._store.faults):
            async with asyncio.timeout(LIMIT):
                return await self._store.held()
        return None

    def _tell(self, held: Held | None) -> None:
        self.held = held
        for gauge, figure in zip(
            (metrics.CACHE_SERVER_BYTES, metrics.CACHE_SERVER_MAX_BYTES),
            held or (None, None),
            strict=True,
        ):
            if figure is not None:
                gauge.labels(*self._labels).set(figure)
            else:
                with suppress(KeyError):
                    gauge.remove(*self._labels)
