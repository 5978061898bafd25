from typing import Any

import pytest
from onnx import ModelProto
from opened import Opened

import graphs
from inference.errors import Misconfigured
from inference.lanes.image_classification.loading import warm_up

EXACT = {"resize": {"mode": "exact", "size": 32}}


def complaint(opened: Opened, model: ModelProto | None = None, **changes: object) -> str:
    with pytest.raises(Misconfigured) as raised:
        opened(model, **changes)
    message = str(raised.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_every_layout_and_type_is_loaded_and_warmed(
    opened: Opened, layout: str, dtype: str
) -> None:
    model = graphs.channel_means(layout, dtype)
    warm_up(opened(model, input={"layout": layout, "dtype": dtype}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels": ["red", "green"]}, "gives 3 scores, model.yaml has 2 labels"),
        ({"labels": list("abcd")}, "gives 3 scores, model.yaml has 4 labels"),
        ({"input": {"dtype": "uint8"}}, "takes float32, model.yaml says uint8"),
        ({"input": {"layout": "NHWC"}}, "takes (3, 16, 16), model.yaml amounts to (16, 16, 3)"),
        ({"preprocess": EXACT}, "model.yaml amounts to (3, 32, 32)"),
    ],
)
def test_a_description_that_does_not_fit_the_graph_is_told(
    opened: Opened, changes: dict[str, Any], said: str
) -> None:
    assert said in complaint(opened, **changes)


def test_a_graph_for_one_image_at_a_time_is_told_to_be_exported_again(opened: Opened) -> None:
    said = complaint(opened, graphs.channel_means(batch=1))
    assert "takes batches of 1 only: export it with a dynamic batch" in said


def test_a_graph_that_does_not_say_how_much_it_gives_is_asked(opened: Opened) -> None:
    model = graphs.channel_means()
    for port in (model.graph.input[0], model.graph.output[0]):
        port.type.tensor_type.shape.dim[1].dim_param = "channels"
    assert "gives (2, 3) for 2 images" in complaint(opened, model, labels=["one", "two"])


def test_a_model_that_gives_no_numbers_does_not_become_ready(opened: Opened) -> None:
    classifier = opened(graphs.channel_means(factor=float("nan")))
    with pytest.raises(Misconfigured, match="not finite"):
        warm_up(classifier)
