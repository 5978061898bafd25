from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from rig import Rig, rigged

from local.kafka import Broker


@pytest_asyncio.fixture
async def rig(broker: Broker, tmp_path: Path) -> AsyncIterator[Rig]:
    """The echo lane on the shared broker."""
    async with rigged(broker.bootstrap, tmp_path) as found:
        yield found
