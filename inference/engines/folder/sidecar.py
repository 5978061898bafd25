"""`model.yaml` beside the file: our own way to say what a model is."""

from pathlib import Path

import yaml

from inference.engines.folder.description import Description
from inference.engines.folder.labels import read_labels
from inference.engines.folder.modelfile import ModelFile, look
from inference.engines.folder.sources import MODEL, Found, Place, Source, described
from inference.errors import Misconfigured

DESCRIPTION = "model.yaml"


def find(place: Place) -> Found | None:
    """A model that its folder describes itself."""
    path = place.folder / DESCRIPTION
    if not path.exists():
        return None
    description = described(path, _completed(place, _content(path)))
    file = look(place.file or _beside(path, description.file, "file"))
    _check_digest(path, description.sha256, file)
    return Found(Source.SIDECAR, file, description, _labels(path, description))


def _content(path: Path) -> object:
    try:
        content: object = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise Misconfigured(message) from error
    except (yaml.YAMLError, ValueError) as error:  # no such date, no UTF-8
        message = f"{path} is not YAML: {' '.join(str(error).split())}"
        raise Misconfigured(message) from error
    return content


def _completed(place: Place, content: object) -> object:
    """With what is named elsewhere; what stands in for the described file does not for another."""
    if not isinstance(content, dict):
        return content
    if place.labels is not None:
        content = {**content, "labels": read_labels(place.labels), "labels_file": None}
    if place.file is not None and place.file.name != content.get("file", MODEL):
        content = {**content, "light": None, "basic": None}
    return content


def _check_digest(path: Path, said: str | None, file: ModelFile) -> None:
    if said is not None and said != file.digest:
        message = (
            f"{file.path}: its SHA-256 is {file.digest}, {path.name} says {said}: "
            "copy the file again, or correct the description"
        )
        raise Misconfigured(message)


def _labels(path: Path, description: Description) -> tuple[str, ...]:
    if description.labels_file is None:
        return tuple(description.labels or ())
    return read_labels(_beside(path, description.labels_file, "labels_file"))


def _beside(path: Path, name: str, key: str) -> Path:
    """A file of the folder: a description must not reach other files of this machine."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        message = f"{path}: {key}: {name!r} must lie inside the model's folder"
        raise Misconfigured(message)
    found = path.parent / name
    if not found.is_file():
        message = f"{found} is not there: {path.name} names it as its {key}"
        raise Misconfigured(message)
    return found
