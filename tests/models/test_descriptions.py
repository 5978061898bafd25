from collections.abc import Mapping
from pathlib import Path

import pytest
from folders import ending_in
from onnx import ModelProto

import graphs
from inference.engines.folder.weights import read_weights
from inference.errors import Misconfigured

SOFTMAX = {"activation": "softmax"}


@pytest.mark.parametrize(
    ("output", "model", "said"),
    [
        (SOFTMAX | {"thresholds": {"violet": 1}}, None, "names 'violet', which is none of"),
        (SOFTMAX | {"thresholds": {"red": "much"}}, None, "output.thresholds.red: Input should be"),
        (SOFTMAX | {"multi_label": True}, None, "multi_label does not go with softmax"),
        (SOFTMAX, ending_in("Softmax"), "ends in softmax itself: write activation: none"),
        ({"activation": "sigmoid"}, ending_in("Sigmoid", "Cast"), "ends in sigmoid itself"),
    ],
)
def test_an_output_that_cannot_be_meant_is_told(
    tmp_path: Path, output: Mapping[str, object], model: ModelProto | None, said: str
) -> None:
    folder = graphs.write(tmp_path / "m", graphs.description(output=output), model)
    with pytest.raises(Misconfigured) as raised:
        read_weights(folder)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
