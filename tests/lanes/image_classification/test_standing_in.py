"""The rungs below the model: a light one, and one that needs no model."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from inference.contract import Level, Rejection
from inference.engines.runtime.providers import DeviceMissing
from inference.errors import Misconfigured, Unavailable
from inference.ladder import Answered, Ladder
from inference.lane import Caps, Rung, Weighed
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage, ImageClassified
from inference.lanes.image_classification.lane import LANE
from inference.lanes.image_classification.loading import load
from inference.lanes.image_classification.pace import Pace
from inference.lanes.image_classification.rungs import AbsentRung, ImageRung
from inference.lanes.image_classification.samples import samples
from inference.lanes.image_classification.standins import LEAST_AGREEMENT

MODEL = Path("models/leaf-diseases")
LIMITS = Limits(top_k=5, min_score=0.0, max_pixels=1_000_000)
FILES = ("model.onnx", "model.yaml", "light.onnx", "prototypes.npz")

Said = dict[str, dict[str, object]]
Rungs = list[Rung[EncodedImage, ImageClassified]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "leaf-diseases"
    copy.mkdir()
    for name in FILES:
        shutil.copy(MODEL / name, copy / name)
    monkeypatch.setenv("MODEL_DIR", str(copy))
    return copy


@contextmanager
def changed(folder: Path) -> Iterator[Said]:
    path = folder / "model.yaml"
    said = yaml.safe_load(path.read_text())
    yield said
    path.write_text(yaml.safe_dump(said))


def drawings() -> list[EncodedImage]:
    read = [CONTRACT.read(content) for _, content in samples(14)]
    return [question for question in read if isinstance(question, EncodedImage)]


async def opened() -> Rungs:
    async with LANE.open(1) as rungs:
        return list(rungs)


@pytest.mark.usefixtures("folder")
async def test_rungs_come_best_first_each_with_a_model_and_a_fingerprint_of_its_own() -> None:
    rungs = await opened()
    assert [rung.level for rung in rungs] == [Level.FULL, Level.LIGHT, Level.BASIC]
    assert len({rung.model.digest for rung in rungs if rung.model}) == 3
    assert len({rung.fingerprint for rung in rungs}) == 3


@pytest.mark.usefixtures("folder")
async def test_every_rung_answers_and_only_the_basic_ones_scores_are_not_calibrated() -> None:
    async with LANE.open(1) as rungs:
        for rung in rungs:
            answers = await rung.answer(drawings())
            told = [answer for answer in answers if isinstance(answer, ImageClassified)]
            assert len(told) == 14
            assert all(answer.calibrated == (rung.level is not Level.BASIC) for answer in told)
            assert all(0 <= p.score <= 1 for answer in told for p in answer.predictions)


@pytest.mark.usefixtures("folder")
async def test_what_stands_in_says_mostly_what_the_model_says() -> None:
    async with LANE.open(1) as rungs:
        said = [[_best(a) for a in await rung.answer(drawings())] for rung in rungs]
    full, light, basic = said
    assert light == full
    assert sum(b == f for b, f in zip(basic, full, strict=True)) >= 0.6 * len(full)


def _best(answer: ImageClassified | Rejection) -> str:
    assert isinstance(answer, ImageClassified)
    return answer.predictions[0].label


@pytest.mark.usefixtures("folder")
async def test_the_basic_rung_rejects_a_damaged_file_and_answers_its_neighbours() -> None:
    good, other = drawings()[:2]
    async with LANE.open(1) as (_, _, basic):
        first, rejected, last = await basic.answer(
            [good, good._replace(data=good.data[:200]), other]
        )
    assert isinstance(rejected, Rejection)
    assert isinstance(first, ImageClassified)
    assert isinstance(last, ImageClassified)


async def test_prototypes_that_agree_too_rarely_are_not_offered(folder: Path) -> None:
    with changed(folder) as said:
        said["basic"]["agreement"] = LEAST_AGREEMENT - 0.01
    assert [rung.level for rung in await opened()] == [Level.FULL, Level.LIGHT]


async def test_a_folder_without_stand_ins_has_the_model_alone(folder: Path) -> None:
    with changed(folder) as said:
        del said["light"], said["basic"]
    assert [rung.level for rung in await opened()] == [Level.FULL]


@pytest.mark.parametrize(
    ("key", "change", "said"),
    [
        ("light", {"sha256": "0" * 64}, r"light\.onnx: its SHA-256 is"),
        ("light", {"file": "../light.onnx"}, "must lie inside the model's folder"),
        ("basic", {"file": "none.npz"}, r"none\.npz cannot be read"),
        ("basic", {"agreement": 2}, "basic.agreement: Input should be"),
    ],
)
async def test_a_mistake_in_a_stand_in_is_one_line_at_the_start(
    folder: Path, key: str, change: dict[str, object], said: str
) -> None:
    with changed(folder) as description:
        description[key] |= change
    with pytest.raises(Misconfigured, match=said):
        await opened()


async def test_a_digest_that_fits_does_not_make_prototypes_of_another_file(folder: Path) -> None:
    with changed(folder) as said:
        said["basic"] |= {"file": "light.onnx", "sha256": said["light"]["sha256"]}
    with pytest.raises(Misconfigured, match=r"light\.onnx holds no prototypes"):
        await opened()


@pytest.mark.usefixtures("folder")
async def test_without_its_device_the_model_waits_and_the_light_one_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEVICE", "cuda")
    async with LANE.open(1) as rungs:
        with pytest.raises(Unavailable, match="CUDAExecutionProvider"):
            await rungs[0].answer(drawings())
        answered = await Ladder(CONTRACT.lane, rungs).answer(drawings())
    hows = [outcome.how for outcome in answered if isinstance(outcome, Answered)]
    assert len(hows) == 14
    assert {(how.level, how.degraded) for how in hows} == {(Level.LIGHT, True)}


async def test_without_its_device_and_anything_else_the_lane_does_not_open(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVICE", "cuda")
    with changed(folder) as said:
        del said["light"], said["basic"]
    with pytest.raises(Misconfigured, match="CUDAExecutionProvider"):
        await opened()


async def test_the_model_answers_as_soon_as_its_device_is_there() -> None:
    classifier, missing = load(MODEL, LIMITS), [True]

    def open_it() -> ImageRung:
        if missing:
            raise DeviceMissing
        return ImageRung(Level.FULL, classifier, threads, Pace(Caps(2, 3), 4))

    with ThreadPoolExecutor(1) as threads:
        rung = AbsentRung(classifier.weights, LIMITS, open_it, threads)
        with pytest.raises(Unavailable):
            await rung.answer(drawings())
        assert rung.memory_bytes == 0
        missing.clear()
        assert isinstance((await rung.answer(drawings()))[0], ImageClassified)
    assert (rung.fingerprint, rung.caps) == (classifier.fingerprint, Caps(2, 4 * 3))
    assert rung.memory_bytes == classifier.standing.memory_bytes


@pytest.mark.usefixtures("folder")
async def test_every_rung_says_what_it_holds_in_memory() -> None:
    rungs = [rung for rung in await opened() if isinstance(rung, ImageRung)]
    assert all(isinstance(rung, Weighed) for rung in rungs)
    assert [rung.level for rung in rungs] == [*Level][:3]
    assert rungs[-1].memory_bytes > 1000


@pytest.mark.usefixtures("folder")
async def test_the_model_says_how_large_batches_should_be_here() -> None:
    (full, *_) = await opened()
    caps = full.caps
    assert caps is not None
    assert 1 <= caps.steady <= caps.backlog <= 4 * 128
