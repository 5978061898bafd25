"""A provider that does what it is told to."""

from collections.abc import AsyncIterator

import pytest_asyncio
from scripted import Provider, serving
from steps import answers


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    """Answers well, unless something else is planned."""
    async with serving(answers()) as one:
        yield one
