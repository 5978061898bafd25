"""Programs that a benchmark starts, measures and ends."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def running(*arguments: str, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python program with these settings, ended with the block."""
    environment = {
        **os.environ,
        "PYTHONPATH": "tests/packages",
        "METRICS_PORT": "0",
        "LOG_LEVEL": "WARNING",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()
