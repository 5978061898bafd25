"""The model that comes with the project, on the drawings that come with it."""

from pathlib import Path

import pytest

from inference.contract import Rejection
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import read
from inference.lanes.image_classification.loading import load
from inference.lanes.image_classification.samples import samples

MODEL = Path("models/leaf-diseases")
DRAWINGS = dict(samples(14))


@pytest.fixture(scope="module")
def model() -> Classifier:
    return load(MODEL, Limits(top_k=3, min_score=0.0, max_pixels=1_000_000))


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_sample_is_recognised_for_what_its_name_says(model: Classifier, name: str) -> None:
    image = read(DRAWINGS[name])
    assert not isinstance(image, Rejection)
    [answer] = model.classify([image])
    assert not isinstance(answer, Rejection)
    drawn = name.rsplit("-", maxsplit=1)[0].replace("-", " ")
    assert answer.predictions[0].label == drawn
    assert answer.disclaimer


def test_its_accuracy_on_drawings_never_trained_on_is_written_down(model: Classifier) -> None:
    assert model.weights.description.measured["accuracy"] >= 0.9
    assert (MODEL / "model.onnx").stat().st_size < 3_000_000
