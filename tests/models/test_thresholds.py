import numpy as np
import pytest

from inference.engines.folder.description import Activation, Output
from inference.lanes.image_classification.predictions import Telling, Told

LABELS = ("cat", "dog", "cow", "hen")
HALF = {"threshold": 0.5}
OWN = {"threshold": 0.5, "thresholds": {"cat": 0.8, "hen": 0.1}}


def told(
    scores: list[float], activation: str, said: dict[str, object], min_score: float = 0.0
) -> Told:
    output = Output.model_validate({"activation": activation, **said})
    return Telling(output, LABELS, 2, min_score).best(np.array(scores, np.float32))


def labels(given: Told) -> list[str]:
    return [one.label for one in given.predictions]


def fitting(given: Told) -> list[str]:
    return [one.label for one in given.predictions if not one.below_threshold]


@pytest.mark.parametrize(
    ("scores", "said", "fit", "below"),
    [
        ([0.6, 0.3, 0.1, 0.0], {}, ["cat", "dog"], False),
        ([0.6, 0.3, 0.1, 0.0], HALF, ["cat"], False),
        ([0.4, 0.3, 0.2, 0.1], HALF, [], True),
        ([0.6, 0.3, 0.1, 0.0], OWN, [], True),
        ([0.5, 0.0, 0.0, 0.5], OWN, ["hen"], True),
    ],
)
def test_where_one_label_fits_the_best_ones_threshold_decides(
    scores: list[float], said: dict[str, object], fit: list[str], *, below: bool
) -> None:
    given = told(scores, "softmax", said)
    assert (fitting(given), given.below) == (fit, below)
    assert len(given.predictions) == 2


@pytest.mark.parametrize(
    ("scores", "said", "listed", "fit"),
    [
        ([0.9, 0.8, 0.7, 0.6], HALF, ["cat", "dog", "cow", "hen"], ["cat", "dog", "cow", "hen"]),
        ([0.9, 0.1, 0.2, 0.3], HALF, ["cat", "hen"], ["cat"]),
        ([0.7, 0.6, 0.2, 0.2], OWN, ["cat", "dog", "hen"], ["dog", "hen"]),
        ([0.9, 0.8, 0.7, 0.6], {}, ["cat", "dog"], ["cat", "dog"]),
    ],
)
def test_where_several_fit_every_one_that_does_is_told(
    scores: list[float], said: dict[str, object], listed: list[str], fit: list[str]
) -> None:
    given = told(scores, "sigmoid", said)
    assert (labels(given), fitting(given), given.below) == (listed, fit, False)


def test_where_several_may_fit_and_none_does_the_best_are_told_all_the_same() -> None:
    given = told([0.1, 0.2, 0.3, 0.0], "sigmoid", OWN)
    assert (labels(given), fitting(given), given.below) == (["cow", "dog"], [], True)


def test_the_setting_is_a_least_for_every_label() -> None:
    given = told([0.3, 0.3, 0.3, 0.3], "sigmoid", OWN, min_score=0.3)
    assert fitting(given) == ["hen"]


def test_a_graph_with_its_own_sigmoid_may_say_that_several_fit() -> None:
    given = told([0.9, 0.8, 0.7, 0.0], "none", {**HALF, "multi_label": True})
    assert labels(given) == ["cat", "dog", "cow"]
    assert not Output(activation=Activation.SIGMOID, multi_label=False).several
