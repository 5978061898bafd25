"""Folders as exporters leave them, around the tiny graphs of `graphs`."""

import json
from pathlib import Path

from onnx import ModelProto, TensorProto, helper

import graphs

ID2LABEL = {"0": "red", "1": "green", "2": "blue"}


def config(**changes: object) -> dict[str, object]:
    """A config.json of Hugging Face, with some keys changed."""
    return {"id2label": ID2LABEL, "model_type": "vit", "torch_dtype": "float32"} | changes


def pixels(**changes: object) -> dict[str, object]:
    """A preprocessor_config.json; 16 x 16 is what the graphs take."""
    whole: dict[str, object] = {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"height": 16, "width": 16},
        "resample": 3,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    return whole | changes


def exported(
    folder: Path,
    said: dict[str, object] | None = None,
    processor: dict[str, object] | None = None,
    file: str = "model.onnx",
) -> Path:
    """A folder that was exported from Hugging Face."""
    lay(folder / file)
    (folder / "config.json").write_text(json.dumps(said or config()))
    (folder / "preprocessor_config.json").write_text(json.dumps(processor or pixels()))
    return folder


def lay(path: Path, model: ModelProto | None = None) -> Path:
    """A model's file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((model or graphs.channel_means()).SerializeToString())
    return path


def labelled(folder: Path, model: ModelProto | None = None) -> Path:
    """A folder with labels.txt and nothing else beside the model."""
    lay(folder / "model.onnx", model)
    (folder / "labels.txt").write_text("red\ngreen\nblue\n")
    return folder


def ending_in(*operators: str) -> ModelProto:
    """The usual graph with some more steps at its end."""
    model = graphs.channel_means()
    output = model.graph.output[0].name
    for operator in operators:
        node = helper.make_node(operator, [output], [operator])
        if operator == "Cast":
            node.attribute.append(helper.make_attribute("to", TensorProto.FLOAT))
        model.graph.node.append(node)
        output = operator
    model.graph.output[0].name = output
    return model


def saying(**metadata: str) -> ModelProto:
    """The usual graph with metadata; a `_` in a key stands for a dot."""
    model = graphs.channel_means()
    helper.set_model_props(model, {key.replace("_", "."): text for key, text in metadata.items()})
    return model
