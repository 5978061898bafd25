"""An ONNX file's own metadata: our keys, those of Ultralytics or those of the specification."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from inference.engines.folder.form import form_of, output_of
from inference.engines.folder.labels import LABELS, in_order, read_labels
from inference.engines.folder.modelfile import ModelFile, look
from inference.engines.folder.sources import MODEL, Found, Place, Source, called, described
from inference.errors import Misconfigured

Said = Mapping[str, str]

OURS, NAMES, SIDES, TASK = "preprocess", "names", "imgsz", "task"
RANGE, FORMAT = "image.nominalpixelrange", "image.bitmappixelformat"
GAMMA = "image.colorspacegamma"
# What a pixel is multiplied with, and what is then taken off.
RANGES = {
    "nominalrange_0_255": (1.0, 0.0),
    "normalized_0_1": (1 / 255, 0.0),
    "normalized_1_1": (2 / 255, 1.0),
}
FORMATS = {"gray8": "GRAY", "rgb8": "RGB", "rgba8": "RGB", "bgr8": "BGR", "bgra8": "BGR"}


def find(place: Place) -> Found | None:
    """A model whose file says what becomes of a picture; its labels may lie beside it."""
    path = place.file or place.folder / MODEL
    if not path.is_file():
        return None
    file = look(path)
    said = {key.lower(): value for key, value in file.graph.metadata.items()}
    preprocess = _preprocess(file, said)
    labels = None if preprocess is None else _labels(place, path, said)
    if preprocess is None or labels is None:
        return None
    own = {key: said[key] for key in ("name", "version", "license", "disclaimer") if said.get(key)}
    content = {
        **called(place, file),
        **own,
        "labels": labels,
        "input": form_of(file).input(),
        "preprocess": preprocess,
        "output": _json(path, said, "output") if "output" in said else output_of(file),
    }
    return Found(Source.METADATA, file, described(path, content), labels)


def _preprocess(file: ModelFile, said: Said) -> Mapping[str, Any] | None:
    if OURS in said:
        return _mapping(file.path, OURS, _json(file.path, said, OURS))
    if SIDES in said and NAMES in said:
        return _ultralytics(file, said)
    if RANGE in said or FORMAT in said:
        return _image(file, said)
    return None


def _ultralytics(file: ModelFile, said: Said) -> Mapping[str, Any]:
    if said.get(TASK, "classify") != "classify":
        message = f"{file.path}: its metadata says task: {said[TASK]}: this lane needs a classifier"
        raise Misconfigured(message)
    sides = _literal(file.path, said, SIDES)
    crop = sides if isinstance(sides, list) else [sides, sides]
    if not crop or not all(isinstance(side, int) for side in crop):
        _broken(file.path, SIDES, "a length in pixels, or two")
    return {"resize": {"mode": "shortest_edge", "size": min(crop)}, "crop": crop}


def _image(file: ModelFile, said: Said) -> Mapping[str, Any] | None:
    form = form_of(file)
    if form.sides is None:
        return None
    pixels = said.get(RANGE, "nominalrange_0_255").lower()
    color = said.get(FORMAT, "rgb8").lower()
    if pixels not in RANGES or color not in FORMATS or said.get(GAMMA, "").lower() == "linear":
        message = (
            f"{file.path}: its metadata asks for pixels that are not made here: add model.yaml"
        )
        raise Misconfigured(message)
    scale, less = RANGES[pixels]
    return {
        "resize": {"mode": "exact", "size": form.sides},
        "color": FORMATS[color],
        **form.normalised(scale=scale, mean=(less,)),
    }


def _labels(place: Place, path: Path, said: Said) -> tuple[str, ...] | None:
    if place.labels is not None:
        return read_labels(place.labels)
    if "labels" in said:
        listed = _json(path, said, "labels")
        if isinstance(listed, list):
            return tuple(map(str, listed))
        return _numbered(path, "labels", listed)
    if NAMES in said:
        named = _literal(path, said, NAMES)
        return tuple(map(str, named)) if isinstance(named, list) else _numbered(path, NAMES, named)
    beside = place.folder / LABELS
    return read_labels(beside) if beside.is_file() else None


def _numbered(path: Path, key: str, value: object) -> tuple[str, ...]:
    return in_order(path, _mapping(path, key, value))


def _mapping(path: Path, key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        _broken(path, key, "an object")
    return value


def _json(path: Path, said: Said, key: str) -> Any:  # noqa: ANN401 - looked at by who asks
    try:
        return json.loads(said[key])
    except (ValueError, RecursionError):
        _broken(path, key, "JSON")


def _literal(path: Path, said: Said, key: str) -> Any:  # noqa: ANN401 - likewise
    """Ultralytics writes what Python prints."""
    try:
        return ast.literal_eval(said[key])
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        _broken(path, key, "a Python literal")


def _broken(path: Path, key: str, wanted: str) -> NoReturn:
    message = f"{path}: its metadata has a key {key} that is not {wanted}: add model.yaml"
    raise Misconfigured(message)
