import asyncio
import threading
from pathlib import Path

import pytest

import graphs
from inference.contract import Level, Rejection
from inference.errors import Misconfigured
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage, ImageClassified
from inference.lanes.image_classification.lane import LANE
from inference.lanes.image_classification.samples import samples
from inference.lanes.image_classification.settings import ImageSettings


@pytest.fixture
def model_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = graphs.write(tmp_path / "model", graphs.description())
    monkeypatch.setenv("MODEL_DIR", str(folder))
    return folder


def questions(count: int) -> list[EncodedImage]:
    read = [CONTRACT.read(content) for _, content in samples(count)]
    return [question for question in read if not isinstance(question, Rejection)]


@pytest.mark.usefixtures("model_dir")
async def test_samples_are_answered_by_several_batches_at_once() -> None:
    async with LANE.open(2) as (rung,), asyncio.TaskGroup() as group:
        batches = [group.create_task(rung.answer(questions(8))) for _ in range(6)]
    assert rung.level is Level.FULL
    assert rung.model is not None
    assert rung.model.name == "channel-means"
    for batch in batches:
        assert [isinstance(answer, ImageClassified) for answer in batch.result()] == [True] * 8


@pytest.mark.usefixtures("model_dir")
async def test_no_more_batches_are_computed_at_once_than_asked_for() -> None:
    async with LANE.open(3) as (rung,), asyncio.TaskGroup() as group:
        for _ in range(12):
            group.create_task(rung.answer(questions(2)))
        await asyncio.sleep(0)
        mine = [t for t in threading.enumerate() if t.name.startswith("image-classification")]
    assert 0 < len(mine) <= 3


async def test_a_folder_that_is_not_there_is_said_when_the_lane_is_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(Misconfigured, match="set MODEL_DIR"):
        async with LANE.open(1):
            pass


def test_a_relative_folder_is_looked_for_beside_the_code_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ImageSettings(model_dir=Path("models")).folder.is_absolute()
    (tmp_path / "models").mkdir()
    assert ImageSettings(model_dir=Path("models")).folder == Path("models")


def test_samples_are_the_same_each_time_and_go_round() -> None:
    names = [name for name, _ in samples(50)]
    assert len(names) == 50
    assert names == [name for name, _ in samples(50)]
    assert names[0] == min(names) == names[len(set(names))]
