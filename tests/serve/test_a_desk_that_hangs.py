import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from desks import Site, open_site

from inference.contract import Content
from inference.web.watchdog import EXIT_STUCK
from local.ports import free_port

LIMIT = 40


@pytest.fixture
async def hanging() -> AsyncIterator[Site]:
    """A question is being computed, and never will be."""
    async with open_site() as site:
        asked = asyncio.create_task(site.desks["echo"].ask(Content(b"!slow 3600", None)))
        async with asyncio.timeout(5):
            while not site.desks["echo"].oldest():
                await asyncio.sleep(0.01)
        yield site
        asked.cancel()


async def test_nothing_is_kept_of_a_caller_who_has_gone(hanging: Site) -> None:
    desk = hanging.desks["echo"]
    waiting = asyncio.create_task(desk.ask(Content(b"later", None)))
    await asyncio.sleep(0.01)
    assert desk.waiting == 1
    waiting.cancel()
    await asyncio.wait([waiting])
    assert desk.waiting == 0


@pytest.fixture
def server() -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The program itself, with little patience, ready."""
    port = free_port()
    settings = {"PORT": str(port), "STUCK_AFTER": "1", "WORKERS": "1"}
    paths = {"PYTHONPATH": "tests/packages", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "inference", "serve"]
    with subprocess.Popen(command, env=paths | settings) as process:
        base = f"http://127.0.0.1:{port}"
        _until_ready(base)
        yield process, base
        process.kill()


def _until_ready(base: str) -> None:
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/health/ready").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("it did not become ready")


@pytest.mark.parametrize("word", ["!hang", "!block"])
def test_what_computes_for_too_long_ends_the_process(
    server: tuple["subprocess.Popen[bytes]", str], word: str
) -> None:
    """Be it one batch that hangs, or the loop that does not turn for it."""
    process, base = server
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{base}/inference/single?lane=echo", content=word.encode(), timeout=LIMIT)
    assert process.wait(LIMIT) in {EXIT_STUCK, 1}
