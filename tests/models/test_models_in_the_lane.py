from pathlib import Path

import pytest
from folders import config, exported, labelled, lay
from onnx import ModelProto, TensorProto, helper
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

import graphs
from inference.engines.folder.sources import Place
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified
from inference.lanes.image_classification.loading import Running, load
from inference.lanes.image_classification.settings import ImageSettings
from pictures import encoded, plain

LIMITS = Limits(top_k=1, min_score=0.0, max_pixels=1_000_000)
GREEN = EncodedImage(encoded(plain((30, 200, 30)), "PNG"), "PNG")
YELLOW = EncodedImage(encoded(plain((250, 240, 5)), "PNG"), "PNG")


def answer(classifier: Classifier, image: EncodedImage = GREEN) -> ImageClassified:
    (outcome,) = classifier.classify([image])
    assert isinstance(outcome, ImageClassified)
    return outcome


def grey() -> ModelProto:
    """The brightness of a grey picture."""
    model = graphs.channel_means()
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 1]))
    return model


def test_a_model_of_every_source_answers(tmp_path: Path) -> None:
    for folder in (
        graphs.write(tmp_path / "described", graphs.description()),
        exported(tmp_path / "exported"),
        labelled(tmp_path / "labelled"),
    ):
        assert answer(load(folder, LIMITS)).predictions[0].label == "green"


def test_several_labels_are_told_where_several_fit(tmp_path: Path) -> None:
    folder = exported(tmp_path / "m", config(problem_type="multi_label_classification"))
    (folder / "model.yaml").write_text(
        "name: m\nversion: 1\nlabels: [red, green, blue]\n"
        "preprocess: {resize: {mode: exact, size: 16}}\n"
        "output: {activation: sigmoid, threshold: 0.7}\n"
    )
    given = answer(load(folder, LIMITS), YELLOW)
    assert [one.label for one in given.predictions] == ["red", "green"]
    assert not given.below_threshold


def test_a_grey_model_answers(tmp_path: Path) -> None:
    said = graphs.description(
        labels=["bright"],
        input={"channels": 1},
        preprocess={"resize": {"mode": "exact", "size": 16}, "color": "GRAY"},
        output={"activation": "none"},
    )
    white = EncodedImage(encoded(plain((255, 255, 255)), "PNG"), "PNG")
    given = answer(load(graphs.write(tmp_path / "m", said, grey()), LIMITS), white)
    assert given.predictions[0].score == pytest.approx(1)


def test_the_log_says_in_one_line_which_source_won(tmp_path: Path) -> None:
    with capture_logs() as lines:
        load(labelled(tmp_path / "m"), LIMITS)
    (line,) = lines
    assert line["event"] == "model opened"
    assert line["source"] == "labels file and ImageNet defaults"
    assert line["memory_mib"] >= 0


def test_what_a_model_holds_is_a_metric_until_it_is_closed(tmp_path: Path) -> None:
    classifier = load(labelled(tmp_path / "weighed"), LIMITS, Running(idle=60))
    ref = classifier.weights.ref
    labels = {"name": ref.name, "version": ref.version, "file": "model.onnx"}
    held = REGISTRY.get_sample_value("model_memory_bytes", labels)
    assert held == classifier.standing.memory_bytes == classifier.network.memory
    classifier.network.close()
    assert REGISTRY.get_sample_value("model_memory_bytes", labels) == 0
    assert answer(classifier).predictions[0].label == "green"


def test_what_is_told_of_a_model_is_all_that_its_users_ask_for(tmp_path: Path) -> None:
    classifier = load(graphs.write(tmp_path / "m", graphs.description()), LIMITS)
    told = classifier.standing
    assert (told.name, told.version, told.source) == ("channel-means", "1", "model.yaml")
    assert (told.file, told.labels, told.awake) == ("model.onnx", 3, True)
    assert told.providers == ("CPUExecutionProvider",)
    assert told.open_seconds > 0


def test_settings_name_a_folder_a_file_or_labels(tmp_path: Path) -> None:
    folder = exported(tmp_path / "m", file="onnx/model_quantized.onnx")
    file = folder / "onnx" / "model_quantized.onnx"
    labels = tmp_path / "labels.txt"
    assert ImageSettings(model_dir=folder).place == Place(folder)
    assert ImageSettings(model_path=file).place == Place(folder, file)
    assert ImageSettings(model_dir=folder, labels_path=labels).place == Place(folder, None, labels)
    assert ImageSettings(model_path=Path("models/leaf-diseases/model.onnx")).place.folder.is_dir()


def test_a_path_beside_the_code_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = ImageSettings(model_path=Path("models/leaf-diseases/model.onnx"))
    assert settings.place.folder.is_absolute()
    lay(tmp_path / "models" / "leaf-diseases" / "model.onnx")
    assert settings.place.folder == Path("models/leaf-diseases")
