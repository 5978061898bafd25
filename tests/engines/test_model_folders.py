from collections.abc import Mapping
from pathlib import Path

import pytest

import graphs
from inference.engines.folder.weights import read_weights
from inference.errors import Misconfigured

EXACT = {"mode": "exact", "size": 16}


def complaint(folder: Path) -> str:
    with pytest.raises(Misconfigured) as raised:
        read_weights(folder)
    message = str(raised.value)
    assert "\n" not in message
    return message


def test_a_folder_is_understood(tmp_path: Path) -> None:
    weights = read_weights(graphs.write(tmp_path / "m", graphs.description(version=1.5)))
    assert weights.labels == ("red", "green", "blue")
    assert weights.ref.version == "1.5"
    assert weights.description.shape == (3, 16, 16)


def test_the_digest_is_held_against_the_file(tmp_path: Path) -> None:
    digest = read_weights(graphs.write(tmp_path / "m", graphs.description())).ref.digest
    assert read_weights(graphs.write(tmp_path / "m", graphs.description(sha256=digest)))
    other = graphs.write(tmp_path / "m", graphs.description(sha256="0" * 64))
    assert digest in complaint(other)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": None}, "name: Field required"),
        ({"colour": "RGB"}, "colour: Extra inputs are not permitted"),
        ({"task": "regression"}, "task: Input should be 'image-classification'"),
        ({"labels": None}, "either labels or labels_file"),
        ({"labels_file": "labels.txt"}, "either labels or labels_file"),
        ({"labels": None, "labels_file": "labels.txt"}, "labels.txt is not there"),
        ({"file": "other.onnx"}, "other.onnx is not there"),
        ({"file": "../model.onnx"}, "must lie inside the model's folder"),
        ({"file": "/etc/passwd"}, "must lie inside the model's folder"),
        ({"sha256": "abc"}, "sha256: String should match"),
        ({"input": {"channels": 1}}, "color RGB does not have 1 channels"),
        ({"output": {"activation": "relu"}}, "output.activation: Input should be 'softmax'"),
    ],
)
def test_every_mistake_is_one_line(
    tmp_path: Path, changes: Mapping[str, object], said: str
) -> None:
    assert said in complaint(graphs.write(tmp_path / "m", graphs.description(**changes)))


@pytest.mark.parametrize(
    ("preprocess", "said"),
    [
        ({"resize": {"mode": "stretch", "size": 16}}, "preprocess.resize.mode: Input should be"),
        ({"resize": {"mode": "shortest_edge", "size": 16}}, "and a crop"),
        ({"resize": EXACT, "crop": 17}, "crop is larger"),
        ({"resize": EXACT, "std": [0]}, "std must not be 0"),
        ({"resize": EXACT, "mean": [1, 2]}, "mean and std need one number, or 3"),
        ({"resize": {"mode": "exact", "size": 0}}, "greater than or equal to 1"),
    ],
)
def test_a_preprocessing_that_cannot_be_is_said(
    tmp_path: Path, preprocess: Mapping[str, object], said: str
) -> None:
    assert said in complaint(
        graphs.write(tmp_path / "m", graphs.description(preprocess=preprocess))
    )


def test_a_graph_that_normalises_itself_is_given_no_numbers_for_it(tmp_path: Path) -> None:
    said = graphs.description(input={"dtype": "uint8"}, preprocess={"resize": EXACT, "scale": 0.5})
    assert "normalises itself" in complaint(graphs.write(tmp_path / "m", said))


def test_a_folder_without_a_description_says_what_to_set(tmp_path: Path) -> None:
    assert "set MODEL_DIR" in complaint(tmp_path / "nowhere")
    (tmp_path / "model.yaml").write_text("a: [1")
    assert "is not YAML" in complaint(tmp_path)
    (tmp_path / "model.yaml").write_text("")
    assert "it: Input should be" in complaint(tmp_path)


def test_labels_in_a_file_may_contain_anything_but_line_ends(tmp_path: Path) -> None:
    folder = graphs.write(tmp_path / "m", graphs.description(labels=None, labels_file="labels.txt"))
    (folder / "labels.txt").write_text("Pepper,_bell___healthy\nCorn (maize)\nécorce\n\n")
    assert read_weights(folder).labels == ("Pepper,_bell___healthy", "Corn (maize)", "écorce")
    (folder / "labels.txt").write_text("a\n\nb\n")
    assert "empty line" in complaint(folder)
