from pathlib import Path

import pytest
from onnx import ModelProto
from opened import Opened

import graphs
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.loading import load

LIMITS = Limits(top_k=5, min_score=0.0, max_pixels=1_000_000)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Opens a classifier with a description that has these changes."""

    def _open(
        model: ModelProto | None = None, limits: Limits = LIMITS, **changes: object
    ) -> Classifier:
        return load(graphs.write(tmp_path / "model", graphs.description(**changes), model), limits)

    return _open


@pytest.fixture
def classifier(opened: Opened) -> Classifier:
    return opened()
