from collections.abc import Iterator
from pathlib import Path

import pytest
from publisher_site import MakeSettings, Site, site

from producer.sources.settings import SourceSettings


@pytest.fixture
def publisher() -> Iterator[Site]:
    with site() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> MakeSettings:
    """Settings that let the loopback address be fetched from: `settings(fetch_timeout=1)`."""

    def made(**changes: object) -> SourceSettings:
        given = {"fetch_private": True, "seen_file": tmp_path / "seen.db"}
        return SourceSettings.model_validate(given | changes)

    return made
