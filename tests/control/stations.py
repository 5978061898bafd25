"""The posts of this very process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from inference.cache.settings import CacheSettings
from inference.control import Program
from inference.kafka import Topics
from inference.opening import Means, named, open_lane
from inference.posts.post import Post, View
from inference.posts.station import Station
from inference.settings import LadderSettings
from inference.stream.gate import Gate

MEANS = Means(LadderSettings(), CacheSettings())


@asynccontextmanager
async def station(gate: Gate | None) -> AsyncIterator[Station]:
    """The echo lane, open; read from a topic where there is a gate."""
    async with open_lane(named("echo", None, Topics()), "nobody", MEANS) as opened:
        reasons = (lambda: {**gate.reasons}) if gate else dict
        view = View(reasons, lambda: 0, valve=gate)
        yield Station(Program.WORK, [Post(opened, view)], 2.0)
