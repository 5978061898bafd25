"""Who reads sees the store as it was at one moment, whatever is written meanwhile."""

import asyncio
import threading

from sqlalchemy import Connection, text

from consumer.store.store import Store

COUNT = text("SELECT count(*) FROM one_moment")


async def test_a_reader_of_several_statements_does_not_see_what_comes_in_between(
    store: Store,
) -> None:
    looked, written = threading.Event(), threading.Event()

    def look_twice(connection: Connection) -> tuple[int, int]:
        first = connection.execute(COUNT).scalar_one()
        looked.set()
        assert written.wait(10)
        return first, connection.execute(COUNT).scalar_one()

    await store.change(lambda c: c.execute(text("CREATE TABLE one_moment (n INTEGER)")))
    reading = asyncio.create_task(store.ask(look_twice))
    assert await asyncio.to_thread(looked.wait, 10)
    await store.change(lambda c: c.execute(text("INSERT INTO one_moment VALUES (1)")))
    written.set()
    assert await reading == (0, 0)
    assert await store.ask(lambda c: c.execute(COUNT).scalar_one()) == 1
