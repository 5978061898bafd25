import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from folders import exported, labelled, lay

import graphs
from inference.errors import Misconfigured
from inference.models.commands import models

HALF = {"activation": "sigmoid", "threshold": 0.5, "thresholds": {"red": 0.9}}


def ran(*arguments: str | Path) -> Result:
    return CliRunner().invoke(models, [str(argument) for argument in arguments])


def said(*arguments: str | Path) -> dict[str, str]:
    """What is told, by its name."""
    result = ran(*arguments)
    assert result.exit_code == 0, result.output
    return {line[:12].strip(): line[13:] for line in result.stdout.splitlines()}


def refused(*arguments: str | Path) -> str:
    result = ran(*arguments)
    assert isinstance(result.exception, Misconfigured)
    return str(result.exception)


def test_a_model_is_told_as_it_was_understood_and_tried(tmp_path: Path) -> None:
    folder = graphs.write(tmp_path / "m", graphs.description(output=HALF, license="MIT"))
    told = said("check", folder)
    assert told["source"] == "model.yaml"
    assert told["model"] == "channel-means, version 1"
    assert told["opset"] == "ai.onnx 17"
    assert told["input"] == "float32, NCHW, batches of 3 x 16 x 16, RGB"
    assert told["resize"] == "stretched to 16 x 16 (bilinear)"
    assert told["labels"] == "3: red, green, blue"
    assert told["scores"] == "sigmoid, several may fit, from 0.5 on, red from 0.9 on"
    assert told["runs on"] == "CPUExecutionProvider"
    assert told["picture"].startswith("640 x 480: red 0.")
    assert told["one picture"].endswith(" ms")


def test_a_file_and_labels_can_be_named(tmp_path: Path) -> None:
    path = lay(tmp_path / "m" / "some.onnx")
    labels = tmp_path / "l.txt"
    labels.write_text("a\nb\nc\n")
    told = said("check", path, "--labels", labels)
    assert told["source"] == "labels file and ImageNet defaults"
    assert told["resize"] == "the shorter side becomes 18 (bilinear), then 16 x 16 from the middle"
    assert told["pixels"].endswith("less 0.485 0.456 0.406, over 0.229 0.224 0.225")


def test_without_a_name_it_is_the_lanes_own_model_that_is_looked_at() -> None:
    assert said("check")["model"].startswith("leaf-diseases-synthetic")


def test_a_model_is_tried_on_a_picture_that_is_named(tmp_path: Path) -> None:
    drawing = Path("inference/lanes/image_classification/pictures/rust-1.jpg")
    assert said("check", "--picture", drawing)["picture"].startswith("320 x 240: rust 0.")
    (tmp_path / "text.jpg").write_text("hello")
    assert "recognised by its first bytes" in refused("check", "--picture", tmp_path / "text.jpg")
    assert "cannot be read" in refused("check", "--picture", tmp_path / "none.jpg")


@pytest.mark.parametrize(
    ("changes", "factor", "complaint"),
    [
        ({"labels": ["red", "green"]}, 1, "gives 3 scores, model.yaml has 2 labels"),
        ({"sha256": "0" * 64}, 1, "copy the file again"),
        ({}, float("nan"), "not finite"),
    ],
)
def test_a_mistake_is_one_line(
    tmp_path: Path, changes: dict[str, object], factor: float, complaint: str
) -> None:
    model = graphs.channel_means(factor=factor)
    folder = graphs.write(tmp_path / "m", graphs.description(**changes), model)
    assert complaint in refused("check", folder)


def test_names_cannot_control_a_terminal(tmp_path: Path) -> None:
    folder = graphs.write(tmp_path / "m", graphs.description(name="\x1b[2Jme", license="a\nb"))
    told = said("check", folder)
    assert (told["model"], told["license"]) == ("?[2Jme, version 1", "a?b")


def test_every_model_below_a_folder_is_listed_a_line_each(tmp_path: Path) -> None:
    labelled(tmp_path / "one")
    exported(tmp_path / "two", file="onnx/model.onnx")
    graphs.write(tmp_path / "broken", graphs.description(sha256="0" * 64))
    (tmp_path / "no-model").mkdir()
    lines = ran("list", tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["folder", "broken", "one", "two"]
    assert "copy the file again" in lines[1]
    assert "labels file and ImageNet defaults" in lines[2]
    assert "Hugging Face export" in lines[3]


def test_a_folder_without_models_is_no_mistake_and_one_that_is_not_there_is(tmp_path: Path) -> None:
    assert "no model lies in" in ran("list", tmp_path).stderr
    assert "is not there" in refused("list", tmp_path / "nowhere")


def test_what_the_program_ends_with_says_whether_the_model_is_sound(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "inference", "models", "check"]
    sound = subprocess.run([*command, "models/leaf-diseases"], capture_output=True, check=False)
    broken = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (sound.returncode, broken.returncode) == (0, 78)
    assert broken.stderr.startswith("penstock: ")
    assert len(broken.stderr.splitlines()) == 1
