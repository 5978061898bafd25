"""Where a model is looked for, and what each kind of folder gives."""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from inference.engines.folder.description import Description, mistakes
from inference.engines.folder.modelfile import ModelFile
from inference.errors import Misconfigured

VERSION_DIGITS = 12
# The folder of a snapshot in the cache of the Hugging Face hub: models--OWNER--NAME/snapshots/ID.
MODEL = "model.onnx"
EXPORTED, PAPERS = "onnx", ("model.yaml", "config.json", "labels.txt")
SNAPSHOTS, CACHED = "snapshots", "models--"


class Source(StrEnum):
    """What a model was understood from, the first that is there."""

    SIDECAR = "model.yaml"
    HUGGING_FACE = "Hugging Face export"
    METADATA = "ONNX metadata"
    LABELS = "labels file and ImageNet defaults"


class Place(NamedTuple):
    """Where a model is; a file or labels that are named win over what the folder says."""

    folder: Path
    file: Path | None = None
    labels: Path | None = None


class Found(NamedTuple):
    """A model, and what one source says about it."""

    source: Source
    file: ModelFile
    description: Description
    labels: tuple[str, ...]


def of_file(path: Path, labels: Path | None = None) -> Place:
    """Where a file that is named lies; exporters put it into a folder `onnx` beside its papers."""
    folder = path.parent
    if folder.name == EXPORTED and not any((folder / name).exists() for name in PAPERS):
        folder = folder.parent
    return Place(folder, path, labels)


def chosen(place: Place, *names: str) -> Path:
    """The model's file in a folder: one of these names, never another one silently."""
    if place.file is not None:
        return place.file
    for name in names:
        if (place.folder / name).is_file():
            return place.folder / name
    there = (path for depth in ("*.onnx", "*/*.onnx") for path in place.folder.glob(depth))
    others = sorted(str(path.relative_to(place.folder)) for path in there)
    if others:
        message = f"{place.folder} has {', '.join(others)}: set MODEL_PATH to the one that is meant"
        raise Misconfigured(message)
    message = f"{place.folder} has no {names[0]}: export the model into it, or set MODEL_PATH"
    raise Misconfigured(message)


def described(about: Path, said: object) -> Description:
    """The description that a source amounts to; where it makes none, its file is named."""
    try:
        return Description.model_validate(said)
    except ValidationError as error:
        message = f"{about}: {mistakes(error)}"
        raise Misconfigured(message) from error


def called(place: Place, file: ModelFile) -> dict[str, str]:
    """A name and a version for a model that brings none: its folder's, and its digest's start."""
    folder = place.folder.resolve()
    cached = folder.parent.parent.name
    if folder.parent.name == SNAPSHOTS and cached.startswith(CACHED):
        name = cached.removeprefix(CACHED).replace("--", "/")
        return {"name": name, "version": folder.name[:VERSION_DIGITS]}
    name = folder.name if place.file is None else file.path.stem
    return {"name": name or file.path.stem, "version": file.digest[:VERSION_DIGITS]}
