from pathlib import Path

import pytest
from folders import ending_in, labelled, lay, saying
from onnx import ModelProto

import graphs
from inference.engines.folder.labels import read_labels
from inference.engines.folder.sources import Source
from inference.engines.folder.weights import Weights, read_weights
from inference.errors import Misconfigured

EXACT = '{"resize": {"mode": "exact", "size": 16}}'
NAMES, SIDES = "{0: 'cat', 1: 'dog', 2: 'cow'}", "[16, 16]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "m"


def told(folder: Path, **metadata: str) -> Weights:
    lay(folder / "model.onnx", saying(**metadata))
    return read_weights(folder)


def open_sides(model: ModelProto, *places: int) -> ModelProto:
    for place in places:
        model.graph.input[0].type.tensor_type.shape.dim[place].dim_param = "side"
    return model


def test_our_own_keys_say_everything(folder: Path) -> None:
    weights = told(
        folder, labels='["a", "b", "c"]', preprocess=EXACT, output='{"activation": "sigmoid"}',
        name="n", version="7",
    )  # fmt: skip
    assert weights.source == Source.METADATA
    assert (weights.ref.name, weights.ref.version) == ("n", "7")
    assert weights.labels == ("a", "b", "c")
    assert weights.description.output.activation == "sigmoid"


def test_the_keys_of_ultralytics_are_known(folder: Path) -> None:
    weights = told(folder, task="classify", imgsz=SIDES, names=NAMES)
    assert weights.labels == ("cat", "dog", "cow")
    assert weights.description.preprocess.resize.mode == "shortest_edge"
    assert weights.description.preprocess.mean == (0.0,)


@pytest.mark.parametrize(
    ("pixels", "scale", "mean"),
    [("NominalRange_0_255", 1, 0), ("Normalized_0_1", 1 / 255, 0), ("Normalized_1_1", 2 / 255, 1)],
)
def test_the_keys_of_the_specification_are_known(
    folder: Path, pixels: str, scale: float, mean: float
) -> None:
    keys = {"Image_NominalPixelRange": pixels, "Image_BitmapPixelFormat": "Bgr8"}
    weights = told(labelled(folder), **keys)
    assert weights.source == Source.METADATA
    said = weights.description.preprocess
    assert (said.color, said.mean) == ("BGR", (mean,))
    assert said.scale == pytest.approx(scale)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"task": "detect", "imgsz": SIDES, "names": NAMES}, "says task: detect"),
        ({"imgsz": "16 x", "names": NAMES}, "key imgsz that is not a Python literal"),
        ({"imgsz": SIDES, "names": "__import__('os')"}, "key names that is not a Python literal"),
        ({"imgsz": SIDES, "names": "(" * 500}, "key names that is not a Python literal"),
        ({"imgsz": "[16, 'a']", "names": NAMES}, "key imgsz that is not a length"),
        ({"imgsz": SIDES, "names": "'abc'"}, "key names that is not an object"),
        ({"labels": "a, b", "preprocess": EXACT}, "key labels that is not JSON"),
        ({"labels": "7", "preprocess": EXACT}, "key labels that is not an object"),
        ({"labels": '["a"]', "preprocess": "[" * 9999}, "key preprocess that is not JSON"),
        ({"labels": '["a"]', "preprocess": "{}"}, "preprocess.resize: Field required"),
        ({"Image_NominalPixelRange": "NominalRange_16_235"}, "asks for pixels that are not made"),
        ({"Image_BitmapPixelFormat": "Rgb8", "Image_ColorSpaceGamma": "Linear"}, "not made here"),
    ],
)
def test_metadata_that_cannot_be_followed_is_told(
    folder: Path, keys: dict[str, str], said: str
) -> None:
    with pytest.raises(Misconfigured, match=r"model\.onnx") as raised:
        told(folder, **keys)
    assert said in str(raised.value)


def test_metadata_that_says_too_little_is_passed_over(folder: Path) -> None:
    assert told(labelled(folder), author="somebody", names=NAMES).source == Source.LABELS


@pytest.mark.parametrize(("layout", "dtype"), [("NCHW", "float32"), ("NHWC", "uint8")])
def test_a_list_of_labels_goes_with_the_usual_way_to_treat_a_picture(
    folder: Path, layout: str, dtype: str
) -> None:
    said = read_weights(labelled(folder, graphs.channel_means(layout, dtype))).description
    assert (said.input.layout, said.input.dtype) == (layout, dtype)
    assert (said.preprocess.resize.size, said.preprocess.crop) == (18, (16, 16))
    assert (len(said.preprocess.mean) == 3) == (dtype == "float32")


def test_a_graph_that_leaves_its_size_open_gets_224_pixels(folder: Path) -> None:
    said = read_weights(labelled(folder, open_sides(graphs.channel_means(), 2, 3))).description
    assert (said.preprocess.resize.size, said.preprocess.sides) == (256, (224, 224))


@pytest.mark.parametrize(
    ("steps", "activation", "several"),
    [
        (("Softmax",), "none", False),
        (("Sigmoid", "Identity"), "none", True),
        ((), "softmax", False),
    ],
)
def test_what_the_graph_does_to_its_scores_is_not_done_twice(
    folder: Path, steps: tuple[str, ...], activation: str, *, several: bool
) -> None:
    output = read_weights(labelled(folder, ending_in(*steps))).description.output
    assert (output.activation, output.several) == (activation, several)


def test_a_grey_graph_needs_more_than_a_list_of_labels(folder: Path) -> None:
    model = graphs.channel_means()
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    with pytest.raises(Misconfigured, match="does not have 1 channels"):
        read_weights(labelled(folder, model))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("l.txt", "\ufeffa\nb, c\n\n"),
        ("l.json", '["a", "b, c"]'),
        ("l.json", '{"1": "b, c", "0": "a"}'),
        ("l.json", '{"b, c": 1, "a": 0}'),
    ],
)
def test_every_form_of_a_list_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_labels(tmp_path / name) == ("a", "b, c")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("l.txt", b"a\n\nb", "has an empty line"),
        ("l.txt", b"", "has an empty line"),
        ("l.txt", b"\xff\xfe", "not UTF-8 text"),
        ("l.json", b"[", "is not JSON"),
        ("l.json", b"3", "must be a list of labels"),
        ("l.json", b"[1]", "must be a list of labels"),
        ("l.json", b'{"0": "a", "2": "b"}', "no label stands by the number 1"),
        ("l.json", b"{}", "no label stands by the number 0"),
    ],
)
def test_a_list_that_is_not_whole_is_told(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Misconfigured, match=name) as raised:
        read_labels(tmp_path / name)
    assert said in str(raised.value)
