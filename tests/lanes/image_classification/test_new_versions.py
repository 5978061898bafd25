import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inference.cache.settings import CacheSettings
from inference.contract import Arrival
from inference.kafka import Topics
from inference.opening import Means, Opened, named, open_lane
from inference.settings import LadderSettings
from pictures import encoded, noise

DEMONSTRATION = Path("models/leaf-diseases")


def put(folder: Path, number: int, *, name: str | None = None) -> Path:
    """The demonstration model as a version of this number, some of its labels renamed."""
    version = shutil.copytree(DEMONSTRATION, folder / "next", ignore=shutil.ignore_patterns("t*"))
    description = version / "model.yaml"
    text = description.read_text().replace("version: 1.0.0", f"version: {number}.0.0")
    description.write_text(text.replace("- rust", f"- {name or 'rust'}"))
    return version.rename(folder / str(number))


@pytest.fixture
async def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opened]:
    put(tmp_path, 1)
    monkeypatch.setenv("MODEL_DIR", str(tmp_path))
    means = Means(LadderSettings(), CacheSettings())
    lane = named("image-classification", None, Topics())
    async with open_lane(lane, "group", means) as lane_opened:
        yield lane_opened


async def version(opened: Opened, seed: int = 1) -> str:
    value = encoded(noise(seed=seed))
    trip = await opened.journey.travel([Arrival("t", 0, seed, 0, None, value, ())])
    return (trip.departures[0].value or b"").split(b'"version":"')[1][:5].decode()


async def test_a_newer_folder_takes_over_and_every_result_says_so(
    opened: Opened, tmp_path: Path
) -> None:
    assert await version(opened) == "1.0.0"
    put(tmp_path, 2)
    found = await opened.swap.reload()
    assert (found.took_over, found.compared, found.agreement) == (True, 1, 1.0)
    assert await version(opened) == "2.0.0"


async def test_answers_of_the_old_version_are_not_given_for_the_new_one(
    opened: Opened, tmp_path: Path
) -> None:
    await version(opened)
    description = put(tmp_path, 2) / "model.yaml"
    description.write_text(description.read_text().replace("disclaimer: ", "disclaimer: New. "))
    await opened.swap.reload()
    await version(opened)
    assert opened.cache.snapshot().hits == 0


async def test_a_file_that_is_cut_short_changes_nothing(opened: Opened, tmp_path: Path) -> None:
    model = put(tmp_path, 2) / "model.onnx"
    model.write_bytes(model.read_bytes()[:100_000])
    found = await opened.swap.reload(force=True)
    assert not found.took_over
    assert "model.onnx" in (found.reason or "")
    assert await version(opened) == "1.0.0"


async def test_other_labels_are_another_model(opened: Opened, tmp_path: Path) -> None:
    put(tmp_path, 2, name="smut")
    found = await opened.swap.reload()
    assert (found.took_over, found.reason) == (
        False,
        "it has 7 labels that are not the 7 of the old one, in order",
    )
