from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio
from deployed import Site

from local.kafka import Broker


@pytest_asyncio.fixture
async def site(broker: Broker, names: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Site]:
    """The echo lane on the shared broker; nothing runs yet."""
    found = Site(broker.bootstrap, names, tmp_path)
    yield found
    await found.end()
