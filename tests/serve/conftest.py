from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from desks import Site, open_site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Every lane over HTTP, with a cache; nothing was asked yet."""
    async with open_site() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[Site]:
    """The same for several tests, to which it does not matter what was asked before."""
    async with open_site() as opened:
        yield opened
