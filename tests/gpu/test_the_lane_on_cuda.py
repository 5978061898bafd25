from pathlib import Path

import pytest

from inference.contract import Level
from inference.engines.runtime.onnx import here
from inference.engines.runtime.providers import CUDA, plan
from inference.engines.runtime.settings import EngineSettings
from inference.lane import Rung
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage, ImageClassified
from inference.lanes.image_classification.lane import LANE
from inference.lanes.image_classification.samples import samples

pytestmark = [pytest.mark.gpu, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_DIR", str(Path("models/leaf-diseases").absolute()))


def drawings() -> list[EncodedImage]:
    read = [CONTRACT.read(content) for _, content in samples(14)]
    return [question for question in read if isinstance(question, EncodedImage)]


async def labels(rung: Rung[EncodedImage, ImageClassified]) -> list[str]:
    answers = await rung.answer(drawings())
    return [a.predictions[0].label for a in answers if isinstance(a, ImageClassified)]


def test_auto_finds_the_device() -> None:
    assert plan(EngineSettings(), here()).first == CUDA


@pytest.mark.parametrize("device", ["cuda", "auto"])
async def test_the_lane_says_on_cuda_what_it_says_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setenv("DEVICE", device)
    async with LANE.open(4) as rungs:
        assert [rung.level for rung in rungs] == [Level.FULL, Level.LIGHT, Level.BASIC]
        ours = await labels(rungs[0])
    monkeypatch.setenv("DEVICE", "cpu")
    async with LANE.open(1) as rungs:
        assert ours == await labels(rungs[0])
