from collections.abc import AsyncIterator

import pytest
from analysed import KEPT

from consumer.store.store import Store, opened
from stores import postgres, store_url

__all__ = ["postgres", "store_url"]


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with opened(store_url, KEPT) as store:
        yield store
