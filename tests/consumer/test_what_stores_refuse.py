"""Databases that cannot be used: each is named, with what to do about it."""

import sqlite3
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from letters_and_answers import row
from sqlalchemy import Connection, select, text

from consumer.store import degraded, writing
from consumer.store.errors import Unstorable
from consumer.store.schema import METADATA, RESULTS
from consumer.store.store import Store, database, joined, opened
from consumer.store.wanted import Wanted
from inference.errors import Misconfigured, Unavailable


async def test_the_migrations_make_the_tables_that_the_program_expects(store: Store) -> None:
    differences = await store.ask(
        lambda connection: compare_metadata(MigrationContext.configure(connection), METADATA)
    )

    assert differences == []


async def test_a_store_that_is_there_already_is_opened_with_its_rows(store_url: str) -> None:
    async with opened(store_url) as first:
        await first.write([row("a")])
    async with opened(store_url) as second:
        assert (await second.write([row("a")])).repeated == 1


async def test_a_store_of_a_newer_program_is_refused(store_url: str) -> None:
    async with opened(store_url) as store:
        await store.change(
            lambda connection: connection.execute(
                text("UPDATE alembic_version SET version_num='9'")
            )
        )

    with pytest.raises(Misconfigured, match="newer Penstock"):
        async with opened(store_url):
            pass


async def test_a_row_that_the_store_refuses_is_told_apart_from_a_store_that_is_away(
    store: Store,
) -> None:
    with pytest.raises(Unstorable):
        await store.write([row("a")._replace(lane=None)])  # type: ignore[arg-type]  # a fault

    assert (await store.write([row("b")])).stored


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/database", "it takes sqlite:// and postgresql://"),
        ("nonsense", "is no URL"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
    ],
)
def test_another_kind_of_store_is_refused_with_what_to_write(url: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        database(url)


async def test_a_second_consumer_of_one_sqlite_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    async with opened(url):
        with pytest.raises(Misconfigured, match="another consumer has"):
            async with opened(url):
                pass


async def test_a_sqlite_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="cannot be written"):
        async with opened(f"sqlite:///{tmp_path}/file/store.db"):
            pass


async def test_a_sqlite_store_survives_a_power_cut(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/store.db") as store:
        settings = [
            await store.ask(partial(Connection.scalar, statement=text(f"PRAGMA {name}")))
            for name in ("journal_mode", "synchronous")
        ]
    assert settings == ["wal", 2]


async def test_a_sqlite_file_that_somebody_else_writes_is_waited_for(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/store.db") as store:
        other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable, match="does not answer: database is locked"):
            await store.write([row("a")])
        other.execute("ROLLBACK")
        other.close()

        assert (await store.write([row("a")])).stored


async def test_a_store_of_the_version_before_is_brought_up_to_date_with_its_rows(
    store_url: str,
) -> None:
    async with opened(store_url) as store:
        await store.write([row("a")])
        await store.change(without_what_came_later)

    async with opened(store_url) as store:
        columns = (RESULTS.c.cache_tier, RESULTS.c.replays, RESULTS.c.forced)
        found = await store.ask(lambda connection: connection.execute(select(*columns)).all())
        assert found == [(None, 0, False)]
        assert (await store.write([row("a")])).repeated == 1


async def test_a_command_beside_the_consumer_uses_its_store_and_leaves_it_alone(
    store_url: str,
) -> None:
    async with opened(store_url) as store, joined(store_url) as beside:
        await store.write([row("a", degraded=True)])
        await beside.change(partial(writing.force, ids=[row("a").id]))
        assert await beside.ask(partial(degraded.ids, wanted=Wanted())) == [row("a").id]


async def test_a_command_beside_the_consumer_makes_and_changes_no_tables(
    store_url: str, tmp_path: Path
) -> None:
    async with opened(store_url) as store:
        await store.change(without_what_came_later)
    for url, said in ((store_url, "consumer serve"), (f"sqlite:///{tmp_path}/no", "no store at")):
        with pytest.raises(Misconfigured, match=said):
            async with joined(url):
                pass
    assert not (tmp_path / "no").exists()


def without_what_came_later(connection: Connection) -> None:
    """The tables as revision 0001 made them."""
    connection.execute(text("DROP INDEX results_degraded"))
    for table in ("figures", "bursts", "looks"):
        connection.execute(text(f"DROP TABLE {table}"))
    for column in ("cache_tier", "replays", "replayed", "forced", "counted"):
        connection.execute(text(f"ALTER TABLE results DROP COLUMN {column}"))
    connection.execute(text("UPDATE alembic_version SET version_num='0001'"))
