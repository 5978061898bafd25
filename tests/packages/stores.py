"""Fixtures: a SQLite file and a PostgreSQL database, for tests that ask the same of both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from needed import do_without
from postgres_cluster import Cluster, binaries


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A server of this run's own."""
    programs = binaries()
    if programs is None:
        do_without("PostgreSQL is not installed: apt-get install postgresql")
    cluster = Cluster(programs)
    try:
        cluster.create()
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        cluster.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that is empty, one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.emptied()
