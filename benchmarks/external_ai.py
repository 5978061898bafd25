"""What the news lane adds to a provider of AI that takes 300 ms +- 200; how busy it keeps it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.provider import LEAST, MOST
from benchmarks.table import Row
from local.ports import free_port

P50_MS, P99_MS = 5.0, 20.0


async def added(_bootstrap: str) -> Row:
    """Milliseconds beyond the provider's own, with 100 calls at once."""
    figures = await _figures(100, 3000, 0.0)
    what = f"added to a provider, 100 at once, p99 (p50 {figures['p50']:.1f} ms, bound 5); bound 20"
    ratio = min(P50_MS / figures["p50"], P99_MS / figures["p99"])
    return Row(what, figures["p99"], P99_MS, ratio, "ms", 1.0)


async def busy(_bootstrap: str) -> Row:
    """Articles a second against the most that 200 at once can be; 1 in 20 calls fails."""
    at_once = 200
    figures = await _figures(at_once, 4000, 0.05)
    most = at_once / ((LEAST + MOST) / 2)
    what = "calls to a provider, 200 at once, 5 % failing / concurrency over latency"
    return Row(what, figures["rate"], most, figures["rate"] / most, "articles/s", 0.9)


async def _figures(at_once: int, count: int, failing: float) -> dict[str, float]:
    async with open_provider(failing) as url:
        settings = {"OPENAI_BASE_URL": url, "AI_CONCURRENCY": str(at_once)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.external_calls", str(at_once), str(count)),
            env=os.environ | settings,
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await process.communicate()
    figures: dict[str, float] = json.loads(printed)
    assert figures["answered"] == count, "every article is answered, whatever fails on the way"
    return figures


@asynccontextmanager
async def open_provider(failing: float) -> AsyncIterator[str]:
    """Its address; gone with the block."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.provider", str(port), str(failing)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        await process.wait()
