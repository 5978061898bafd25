"""A Hugging Face export: `config.json` has the labels, `preprocessor_config.json` the pixels.

Models of timm have both in the former.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from inference.engines.folder import timm
from inference.engines.folder.description import Activation, mistakes
from inference.engines.folder.form import Form, form_of, output_of
from inference.engines.folder.labels import in_order, read_labels
from inference.engines.folder.modelfile import look
from inference.engines.folder.pixels import Pixels, preprocess
from inference.engines.folder.sources import MODEL, Found, Place, Source, called, chosen, described
from inference.engines.folder.timm import Pretrained
from inference.errors import Misconfigured

CONFIG, PIXELS, NESTED = "config.json", "preprocessor_config.json", "processor_config.json"
FILES = (MODEL, "onnx/model.onnx")
M = TypeVar("M", bound=BaseModel)

SEVERAL, REGRESSION = "multi_label_classification", "regression"


class Config(BaseModel):
    """What is needed of `config.json`."""

    id2label: dict[str, str] | None = None
    problem_type: str | None = None
    num_channels: int | None = None
    label_names: list[str] | None = None
    pretrained_cfg: Pretrained | None = None


class Nested(BaseModel):
    """What is needed of `processor_config.json`."""

    image_processor: Pixels | None = None


def find(place: Place) -> Found | None:
    """A model that was exported with its configuration; half of it is a mistake."""
    path = place.folder / CONFIG
    config = _read(path, Config)
    if config is None:
        return None
    pixels = _pixels(place.folder) or config.pretrained_cfg
    if pixels is None and config.id2label is None:
        return None
    if pixels is None:
        message = f"{place.folder} has {CONFIG} and no {PIXELS}: copy it from the model's page"
        raise Misconfigured(message)
    if config.problem_type == REGRESSION:
        message = f"{path}: problem_type is regression: this lane needs a classifier"
        raise Misconfigured(message)
    return _found(place, config, pixels)


def _found(place: Place, config: Config, pixels: Pixels | Pretrained) -> Found:
    file, path = look(chosen(place, *FILES)), place.folder / CONFIG
    labels = read_labels(place.labels) if place.labels else _labels(path, config)
    form = form_of(file)
    form = form._replace(channels=form.channels or config.num_channels or 3)
    about = place.folder / PIXELS if isinstance(pixels, Pixels) else path
    several = config.problem_type == SEVERAL
    said = {
        "labels": labels,
        "input": form.input(),
        "preprocess": _preprocess(about, pixels, form),
        "output": output_of(file, Activation.SIGMOID if several else Activation.SOFTMAX),
        **called(place, file),
    }
    return Found(Source.HUGGING_FACE, file, described(about, said), labels)


def _preprocess(about: Path, pixels: Pixels | Pretrained, form: Form) -> Mapping[str, Any]:
    if isinstance(pixels, Pixels):
        return preprocess(about, pixels, form)
    return timm.preprocess(pixels, form)


def _pixels(folder: Path) -> Pixels | None:
    """Newer exports keep it inside a file for all kinds of inputs."""
    found = _read(folder / PIXELS, Pixels)
    nested = None if found else _read(folder / NESTED, Nested)
    return nested.image_processor if nested else found


def _read(path: Path, kind: type[M]) -> M | None:
    """What a file says, None where it is not there."""
    if not path.exists():
        return None
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        message = f"{path}: {mistakes(error)}"
        raise Misconfigured(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise Misconfigured(message) from error


def _labels(path: Path, config: Config) -> tuple[str, ...]:
    if config.label_names and not config.id2label:
        return tuple(config.label_names)
    if not config.id2label:
        message = f"{path} has no id2label: add it, or set LABELS_PATH to a file with the labels"
        raise Misconfigured(message)
    return in_order(path, config.id2label)
