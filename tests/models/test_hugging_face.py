from pathlib import Path
from typing import Any

import pytest
from folders import ID2LABEL, config, ending_in, exported, lay, pixels

import graphs
from inference.engines.folder.description import Preprocess
from inference.engines.folder.form import form_of
from inference.engines.folder.modelfile import look
from inference.engines.folder.pixels import Pixels, preprocess
from inference.engines.folder.weights import read_weights
from inference.errors import Misconfigured

NULLS = dict.fromkeys(("do_center_crop", "crop_size", "crop_pct", "do_pad", "rescale_offset"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "m"


def complaint(folder: Path) -> str:
    with pytest.raises(Misconfigured) as raised:
        read_weights(folder)
    message = str(raised.value)
    assert "\n" not in message
    return message


def made(tmp_path: Path, **changes: Any) -> Preprocess:  # noqa: ANN401 - any key of the file
    form = form_of(look(lay(tmp_path / "m.onnx")))
    said = preprocess(tmp_path / "p.json", Pixels.model_validate(pixels(**changes)), form)
    return Preprocess.model_validate(said)


def test_an_export_is_understood_whole(folder: Path) -> None:
    weights = read_weights(exported(folder))
    said = weights.description
    assert weights.labels == ("red", "green", "blue")
    assert said.output.activation == "softmax"
    assert said.preprocess.resize.model_dump() == {
        "mode": "exact", "size": (16, 16), "resample": "bicubic", "fill": 0,
    }  # fmt: skip
    assert (said.preprocess.mean, said.preprocess.std) == ((0.5,) * 3, (0.5,) * 3)
    assert said.preprocess.scale == pytest.approx(1 / 255)


@pytest.mark.parametrize(
    ("changes", "mode", "size", "crop"),
    [
        ({"size": 224}, "exact", (224, 224), None),
        ({"size": {"height": 200, "width": 300}} | NULLS, "exact", (200, 300), None),
        ({"size": 256, "do_center_crop": True, "crop_size": 224}, "exact", (256, 256), (224, 224)),
        (
            {"size": {"shortest_edge": 256}, "do_center_crop": True, "crop_size": 224},
            "shortest_edge", 256, (224, 224),
        ),
        (
            {"feature_extractor_type": "CLIPFeatureExtractor", "image_processor_type": None,
             "size": 224, "do_center_crop": True, "crop_size": {"height": 224, "width": 224}},
            "shortest_edge", 224, (224, 224),
        ),
        (
            {"image_processor_type": "ConvNextImageProcessor", "crop_pct": 0.875,
             "size": {"shortest_edge": 224}},
            "shortest_edge", 256, 224,
        ),
        (
            {"image_processor_type": "ConvNextImageProcessorFast", "crop_pct": None,
             "size": {"shortest_edge": 384}},
            "exact", 384, None,
        ),
        (
            {"image_processor_type": "LevitImageProcessor", "size": {"shortest_edge": 224},
             "do_center_crop": True, "crop_size": 224},
            "shortest_edge", 256, (224, 224),
        ),
        (
            {"image_processor_type": "PoolFormerImageProcessor", "crop_pct": 0.9,
             "size": {"shortest_edge": 224}, "do_center_crop": True, "crop_size": 224},
            "shortest_edge", 248, (224, 224),
        ),
    ],
)  # fmt: skip
def test_every_form_of_a_size_is_known(
    tmp_path: Path, changes: dict[str, Any], mode: str, size: object, crop: object
) -> None:
    found = made(tmp_path, **changes)
    assert (found.resize.mode, found.resize.size, found.crop) == (mode, size, crop)


@pytest.mark.parametrize(
    ("changes", "scale", "mean", "std"),
    [
        ({"rescale_factor": None}, 1 / 255, 0.5, 0.5),
        ({"do_rescale": False}, 1, 0.5, 0.5),
        ({"do_normalize": False}, 1 / 255, 0, 1),
        (
            {"do_normalize": False, "rescale_factor": 2 / 255, "rescale_offset": True},
            2 / 255, 1, 1,
        ),
        ({"include_top": True}, 1 / 255, 0.5, 0.25),
        ({"image_mean": 0.5, "image_std": 0.5}, 1 / 255, 0.5, 0.5),
    ],
)  # fmt: skip
def test_all_steps_of_a_processor_become_one(
    tmp_path: Path, changes: dict[str, Any], scale: float, mean: float, std: float
) -> None:
    found = made(tmp_path, **changes)
    assert found.scale == pytest.approx(scale)
    assert set(found.mean) == {mean}
    assert set(found.std) == {std}


@pytest.mark.parametrize(
    ("number", "name"), [(0, "nearest"), (1, "lanczos"), (2, "bilinear"), (None, "bilinear")]
)
def test_pillows_numbers_are_known(tmp_path: Path, number: int | None, name: str) -> None:
    assert made(tmp_path, resample=number).resize.resample == name


def test_colours_may_be_the_other_way_round(tmp_path: Path) -> None:
    assert made(tmp_path, do_flip_channel_order=True).color == "BGR"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"do_resize": False}, "leaves pictures of every size"),
        ({"do_pad": True}, "leaves pictures of every size"),
        ({"size": None}, "a size that is not known: None"),
        ({"size": {"longest_edge": 9}}, "a size that is not known"),
        ({"size": {"shortest_edge": 16}}, "keeps the longer side"),
        ({"size": "large"}, "preprocessor_config.json: size"),
        ({"image_mean": None}, "no image_mean"),
        ({"rescale_offset": True}, "has a rescale_offset with"),
        ({"resample": 9}, "by a way that Pillow has not: 9"),
        ({"image_processor_type": "PerceiverImageProcessor"}, "cuts before it resizes"),
        ({"image_mean": [0.5]}, ""),
        ({"image_std": [0, 0, 0]}, "std must not be 0"),
        ({"do_center_crop": True, "crop_size": 99}, "crop is larger than resize.size"),
    ],
)
def test_what_cannot_be_done_is_told(folder: Path, changes: dict[str, Any], said: str) -> None:
    exported(folder, processor=pixels(**changes))
    if said:
        assert said in complaint(folder)
    else:
        assert read_weights(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id2label": None}, "has no id2label"),
        ({"id2label": {}}, "has no id2label"),
        ({"id2label": {"0": "a", "2": "c"}}, "no label stands by the number 1"),
        ({"id2label": {"a": "0"}}, "must stand by their numbers"),
        ({"id2label": ["a"]}, "config.json: id2label"),
        ({"problem_type": "regression"}, "this lane needs a classifier"),
    ],
)
def test_labels_that_are_not_whole_are_told(
    folder: Path, changes: dict[str, Any], said: str
) -> None:
    assert said in complaint(exported(folder, config(**changes)))


def test_several_labels_may_fit_where_the_export_says_so(folder: Path) -> None:
    said = read_weights(exported(folder, config(problem_type="multi_label_classification")))
    assert said.description.output.activation == "sigmoid"
    assert said.description.output.several


def test_a_graph_that_ends_in_probabilities_is_taken_as_such(folder: Path) -> None:
    exported(folder)
    lay(folder / "model.onnx", ending_in("Softmax", "Cast", "Identity"))
    assert read_weights(folder).description.output.activation == "none"


def test_half_an_export_is_a_mistake(folder: Path) -> None:
    (exported(folder) / "preprocessor_config.json").unlink()
    assert "has config.json and no preprocessor_config.json" in complaint(folder)
    (folder / "config.json").write_text("{")
    assert "config.json: it: Invalid JSON" in complaint(folder)


def test_a_config_of_something_else_is_passed_over(folder: Path) -> None:
    graphs.write(folder.parent / "m", graphs.description())
    (folder / "config.json").write_text('{"anything": 1}')
    (folder / "model.yaml").unlink()
    assert "nothing says what it takes" in complaint(folder)


def test_the_newer_file_for_all_kinds_of_inputs_is_known(folder: Path) -> None:
    (exported(folder) / "preprocessor_config.json").rename(folder / "old.json")
    text = (folder / "old.json").read_text()
    (folder / "processor_config.json").write_text(f'{{"image_processor": {text}}}')
    assert read_weights(folder).labels == tuple(ID2LABEL.values())


@pytest.mark.parametrize(
    ("crop_mode", "mode", "size"), [("center", "shortest_edge", 20), ("squash", "exact", (20, 20))]
)
def test_a_model_of_timm_has_everything_in_one_file(
    folder: Path, crop_mode: str, mode: str, size: object
) -> None:
    trained = {
        "input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": 0.8,
        "crop_mode": crop_mode, "mean": [0.5, 0.4, 0.3], "std": [0.1, 0.2, 0.3], "tag": "a1_in1k",
    }  # fmt: skip
    said = config(id2label=None, label_names=["a", "b", "c"], pretrained_cfg=trained)
    (exported(folder, said) / "preprocessor_config.json").unlink()
    weights = read_weights(folder)
    found = weights.description.preprocess
    assert weights.labels == ("a", "b", "c")
    assert (found.resize.mode, found.resize.size, found.crop) == (mode, size, (16, 16))
    assert (found.resize.resample, found.mean) == ("bicubic", (0.5, 0.4, 0.3))
