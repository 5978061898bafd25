"""PostgreSQL, which several consumers may use at once, and which may go away."""

import asyncio

import pytest
from letters_and_answers import row

from consumer.store.store import Store, opened
from inference.errors import Unavailable
from postgres_cluster import Cluster

pytestmark = pytest.mark.postgres


async def test_consumers_that_store_the_same_at_once_count_each_row_once(
    postgres: Cluster,
) -> None:
    url, rows = postgres.emptied(), [row(str(n)) for n in range(300)]
    async with opened(url) as one, opened(url) as other:
        writes = [store.write(rows[n * 20 :]) for n in range(10) for store in (one, other)]
        written = await asyncio.gather(*writes)

    assert sum(len(each.stored) for each in written) == 300


async def test_consumers_that_open_an_empty_database_at_once_all_find_their_tables(
    postgres: Cluster,
) -> None:
    url = postgres.emptied()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(_open(url))


async def test_a_reader_is_woken_by_what_another_consumer_stores(postgres: Cluster) -> None:
    url = postgres.emptied()
    async with opened(url) as here, opened(url) as there:
        listening = asyncio.create_task(here.listen())
        await connected(here)
        with here.bell.listening("a") as ear:
            await there.write([row("a")])
            await asyncio.wait_for(ear.wait(), 5)
        listening.cancel()


async def test_a_reader_is_woken_after_the_server_was_away(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumer.store.postgres.RETRY", 0.1)
    async with opened(postgres.emptied()) as store:
        listening = asyncio.create_task(store.listen())
        await connected(store)
        await asyncio.to_thread(postgres.stop)
        with store.bell.listening("a") as ear:
            await asyncio.to_thread(postgres.start)
            await asyncio.wait_for(ear.wait(), 20)
        listening.cancel()


async def test_a_server_that_goes_away_and_comes_back_is_waited_for(postgres: Cluster) -> None:
    url = postgres.emptied()
    async with opened(url) as store:
        await asyncio.to_thread(postgres.stop)
        try:
            with pytest.raises(Unavailable, match="does not answer"):
                await store.write([row("a")])
        finally:
            await asyncio.to_thread(postgres.start)

        assert (await store.write([row("a")])).stored


async def connected(store: Store) -> None:
    """At every connection all are woken, for what they may have missed."""
    with store.bell.listening("anybody") as ear:
        await asyncio.wait_for(ear.wait(), 20)


async def _open(url: str) -> None:
    async with opened(url) as store:
        await store.ping()
