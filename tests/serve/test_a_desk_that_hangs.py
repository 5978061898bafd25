import asyncio
from collections.abc import AsyncIterator

import pytest
from desks import Site, open_site

from inference.contract import Content
from inference.errors import Fatal


@pytest.fixture
async def hanging() -> AsyncIterator[tuple[Site, "asyncio.Task[object]"]]:
    """A question is being computed, and never will be."""
    async with open_site() as site:
        asked = asyncio.create_task(site.desks["echo"].ask(Content(b"!slow 3600", None)))
        async with asyncio.timeout(5):
            while not site.desks["echo"].oldest():
                await asyncio.sleep(0.01)
        yield site, asked
        asked.cancel()


async def test_a_batch_that_computes_for_too_long_ends_the_process(
    hanging: tuple[Site, "asyncio.Task[object]"],
) -> None:
    site, _ = hanging
    with pytest.raises(Fatal, match="a batch of echo has been computing"):
        async with asyncio.timeout(5):
            await site.desks["echo"].watch(0.1)


async def test_nothing_is_kept_of_a_caller_who_has_gone(
    hanging: tuple[Site, "asyncio.Task[object]"],
) -> None:
    site, _ = hanging
    desk = site.desks["echo"]
    waiting = asyncio.create_task(desk.ask(Content(b"later", None)))
    await asyncio.sleep(0.01)
    assert desk.waiting == 1
    waiting.cancel()
    await asyncio.wait([waiting])
    assert desk.waiting == 0
