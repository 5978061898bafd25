from pathlib import Path

import pytest
from folders import config, exported, labelled, lay, saying

import graphs
from inference.engines.folder.sources import Place, Source, of_file
from inference.engines.folder.weights import read_weights
from inference.errors import Misconfigured

OWN_KEYS = {"labels": '["a", "b", "c"]', "preprocess": '{"resize": {"mode": "exact", "size": 16}}'}


def complaint(place: Path | Place) -> str:
    with pytest.raises(Misconfigured) as raised:
        read_weights(place)
    message = str(raised.value)
    assert "\n" not in message
    return message


def test_the_first_source_that_is_there_wins(tmp_path: Path) -> None:
    folder = labelled(exported(graphs.write(tmp_path / "m", graphs.description())))
    lay(folder / "model.onnx", saying(**OWN_KEYS))
    for source, paper in (
        (Source.SIDECAR, "model.yaml"),
        (Source.HUGGING_FACE, "config.json"),
        (Source.METADATA, "preprocessor_config.json"),
    ):
        assert read_weights(folder).source == source
        (folder / paper).unlink()
    lay(folder / "model.onnx")
    assert read_weights(folder).source == Source.LABELS
    (folder / "labels.txt").unlink()
    assert "nothing says what it takes and gives" in complaint(folder)


def test_a_model_without_a_name_is_called_by_its_folder_and_its_digest(tmp_path: Path) -> None:
    ref = read_weights(labelled(tmp_path / "leaves")).ref
    assert (ref.name, ref.version) == ("leaves", ref.digest[:12])


def test_a_snapshot_of_the_hubs_cache_is_called_as_on_the_hub(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--google--vit" / "snapshots" / ("0123456789abcdef" * 2)
    ref = read_weights(exported(snapshot)).ref
    assert (ref.name, ref.version) == ("google/vit", "0123456789ab")


def test_a_file_that_is_named_wins_over_that_of_the_folder(tmp_path: Path) -> None:
    folder = graphs.write(tmp_path / "m", graphs.description())
    other = lay(folder / "other.onnx", graphs.channel_means(factor=2))
    assert read_weights(of_file(other)).path == other
    assert read_weights(of_file(other)).source == Source.SIDECAR


def test_what_answers_in_a_models_place_does_not_for_another_file(tmp_path: Path) -> None:
    light = {"file": "light.onnx", "sha256": "0" * 64, "agreement": 0.9, "inputs": 9}
    folder = graphs.write(tmp_path / "m", graphs.description(light=light))
    other = lay(folder / "other.onnx")
    assert read_weights(of_file(folder / "model.onnx")).description.light
    assert read_weights(of_file(other)).description.light is None


def test_a_file_in_the_folder_that_exporters_make_is_described_beside_it(tmp_path: Path) -> None:
    folder = exported(tmp_path / "m", file="onnx/model.onnx")
    assert read_weights(folder).path == folder / "onnx" / "model.onnx"
    quantised = lay(folder / "onnx" / "model_quantized.onnx")
    assert read_weights(of_file(quantised)).path == quantised


def test_a_file_of_another_name_is_not_chosen_silently(tmp_path: Path) -> None:
    folder = exported(tmp_path / "m", file="onnx/model_quantized.onnx")
    assert "has onnx/model_quantized.onnx: set MODEL_PATH" in complaint(folder)
    (folder / "onnx" / "model_quantized.onnx").unlink()
    assert "has no model.onnx: export the model into it" in complaint(folder)


@pytest.mark.parametrize("source", ["sidecar", "hugging face", "metadata", "labels"])
def test_labels_that_are_named_win_over_those_of_every_source(tmp_path: Path, source: str) -> None:
    folder = {
        "sidecar": lambda: graphs.write(tmp_path / "m", graphs.description(labels=None)),
        "hugging face": lambda: exported(tmp_path / "m", config(id2label=None)),
        "metadata": lambda: lay(tmp_path / "m" / "model.onnx", saying(**OWN_KEYS)).parent,
        "labels": lambda: labelled(tmp_path / "m"),
    }[source]()
    labels = tmp_path / "others.txt"
    labels.write_text("rot\ngrün\nblau\n")
    assert read_weights(Place(folder, labels=labels)).labels == ("rot", "grün", "blau")
    labels.unlink()
    assert "set LABELS_PATH" in complaint(Place(folder, labels=labels))


def test_a_folder_that_is_a_file_or_not_there_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "nowhere"):
        assert "set MODEL_DIR to a folder that has a model" in complaint(place)
    assert "set MODEL_PATH" in complaint(of_file(labelled(tmp_path / "m") / "missing.onnx"))


@pytest.mark.parametrize(
    ("change", "same"), [({"license": "MIT"}, True), ({"disclaimer": "none"}, False)]
)
def test_the_fingerprint_changes_with_all_that_answers_depend_on(
    tmp_path: Path, change: dict[str, object], *, same: bool
) -> None:
    one = read_weights(graphs.write(tmp_path / "m", graphs.description())).fingerprint
    other = read_weights(graphs.write(tmp_path / "m", graphs.description(**change))).fingerprint
    assert (one == other) == same
    digest = read_weights(
        graphs.write(tmp_path / "m", graphs.description(), graphs.channel_means(factor=2))
    ).fingerprint
    assert digest != one
