"""`models quantize` and `models prototypes`."""

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from inference.engines.folder.weights import read_weights
from inference.errors import Misconfigured
from inference.lanes.image_classification import standins
from inference.models.commands import models
from inference.models.pictures import pictures

MODEL = Path("models/leaf-diseases")
DRAWINGS = Path("inference/lanes/image_classification/pictures")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demonstration model as it is before anything stands in for it."""
    said = yaml.safe_load((MODEL / "model.yaml").read_text())
    plain = {key: value for key, value in said.items() if key not in {"light", "basic"}}
    (tmp_path / "model.yaml").write_text("# ours\n" + yaml.safe_dump(plain, sort_keys=False))
    shutil.copy(MODEL / "model.onnx", tmp_path)
    return tmp_path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(models, [str(argument) for argument in arguments])
    if done.exception:
        raise done.exception
    return done.output


def test_a_light_model_is_made_entered_and_its_agreement_told(folder: Path) -> None:
    said = run("quantize", folder)
    light = standins.light(read_weights(folder))
    assert light is not None
    assert light.path == folder / "light.onnx"
    entry = light.description.light
    assert entry is not None
    assert entry.inputs == 7
    assert f"{entry.agreement:.1%} of 7" in said
    assert "that is few" in said


def test_what_else_stands_in_the_description_stays_as_it_was(folder: Path) -> None:
    before = (folder / "model.yaml").read_text()
    run("quantize", folder)
    run("quantize", folder)
    after = (folder / "model.yaml").read_text()
    assert after.startswith(before)
    assert after.count("light:") == 1


def test_a_light_model_elsewhere_is_not_entered(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere" / "small.onnx"
    out.parent.mkdir()
    run("quantize", folder, "--out", out)
    assert out.is_file()
    assert read_weights(folder).description.light is None


def test_prototypes_are_made_entered_and_their_agreement_told(folder: Path) -> None:
    said = run("prototypes", folder, "--pictures", DRAWINGS)
    entry = read_weights(folder).description.basic
    assert entry is not None
    assert (folder / "prototypes.npz").is_file()
    assert f"{entry.agreement:.1%} of 7" in said


def test_a_model_is_never_written_over(folder: Path) -> None:
    before = (folder / "model.onnx").read_bytes()
    with pytest.raises(Misconfigured, match="is the model itself"):
        run("quantize", folder, "--out", folder / "model.onnx")
    assert (folder / "model.onnx").read_bytes() == before


def test_without_a_description_there_is_nothing_to_write_into(folder: Path) -> None:
    (folder / "model.yaml").unlink()
    for verb in (("quantize", folder), ("prototypes", folder, "--pictures", DRAWINGS)):
        with pytest.raises(Misconfigured, match=r"has no model\.yaml"):
            run(*verb)


def test_no_picture_is_both_learnt_from_and_measured_on(tmp_path: Path) -> None:
    for file in DRAWINGS.glob("*.jpg"):
        shutil.copy(file, tmp_path)
    (tmp_path / "notes.txt").write_text("no picture")
    shown, held_out = pictures(tmp_path)
    assert (len(shown), len(held_out)) == (7, 7)
    assert not {image.data for image in shown} & {image.data for image in held_out}


def test_a_folder_without_pictures_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="has 0 pictures"):
        pictures(tmp_path)
