"""`python -m benchmarks [NAME...]`: every comparison, or the ones named, in one run."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from benchmarks import caching, echo, external_ai, flood, golden, images, latency, news, predict
from benchmarks.broker import open_broker
from benchmarks.table import Row, show

Comparison = Callable[[str], Awaitable[Row]]

ALL: dict[str, Comparison] = {
    "echo": echo.throughput,
    "uvloop": echo.against_uvloop,
    "latency": latency.idle,
    "demonstration": images.demonstration,
    "mobilenet": images.mobilenet_size,
    "kept": caching.kept,
    "frozen": caching.frozen,
    "repeated": predict.repeated,
    "inside": predict.inside,
    "first": predict.first,
    "at-once": predict.at_once,
    "ai-added": external_ai.added,
    "ai-busy": external_ai.busy,
    "news": news.one_worker,
    "news-two": news.two_workers,
    "golden-tuning": golden.tuning,
    "golden-frozen": golden.frozen,
    "golden-categories": golden.categories,
    "local-english": golden.english,
    "local-korean": golden.korean,
    "local-english-long": golden.long_english,
    "local-korean-long": golden.long_korean,
    "flood": flood.health,
    "flood-memory": flood.memory,
}


async def main(names: list[str]) -> None:
    """Runs them one after the other on one broker."""
    async with open_broker() as bootstrap:
        show([await ALL[name](bootstrap) for name in names])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or list(ALL)))
