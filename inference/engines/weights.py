"""A model's folder understood: `model.yaml` says what the file beside it is."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from inference.contract import ModelRef
from inference.engines.description import Description
from inference.errors import Misconfigured

DESCRIPTION = "model.yaml"


class Weights(NamedTuple):
    """A model that lies in a folder; all that can be known without its graph is checked."""

    path: Path
    description: Description
    labels: tuple[str, ...]
    ref: ModelRef


def read_weights(folder: Path) -> Weights:
    """What lies in a folder; every mistake in it raises Misconfigured with what to do."""
    description = _description(folder)
    path = _beside(folder, description.file, "file")
    digest = _digest(path)
    said = description.sha256
    if said is not None and said != digest:
        message = f"{path}: its SHA-256 is {digest}, {DESCRIPTION} says {said}: copy the file again"
        raise Misconfigured(message)
    ref = ModelRef(name=description.name, version=description.version, digest=digest)
    return Weights(path, description, _labels(folder, description), ref)


def _description(folder: Path) -> Description:
    path = folder / DESCRIPTION
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Description.model_validate(content)
    except (FileNotFoundError, NotADirectoryError) as error:
        message = f"{path} is not there: set MODEL_DIR to a folder that has {DESCRIPTION}"
        raise Misconfigured(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise Misconfigured(message) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        message = f"{path} is not YAML: {' '.join(str(error).split())}"
        raise Misconfigured(message) from error
    except ValidationError as error:
        message = f"{path}: {_mistakes(error)}"
        raise Misconfigured(message) from error


def _mistakes(error: ValidationError) -> str:
    found = error.errors(include_url=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in found)


def _beside(folder: Path, name: str, key: str) -> Path:
    """A file of the folder: a description must not reach other files of this machine."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        message = f"{folder / DESCRIPTION}: {key}: {name!r} must lie inside the model's folder"
        raise Misconfigured(message)
    path = folder / name
    if not path.is_file():
        message = f"{path} is not there: {DESCRIPTION} names it as its {key}"
        raise Misconfigured(message)
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _labels(folder: Path, description: Description) -> tuple[str, ...]:
    """The names of the classes; in a file they stand one per line and may contain anything else."""
    if description.labels_file is None:
        return tuple(description.labels or ())
    path = _beside(folder, description.labels_file, "labels_file")
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text: save it as such, one label per line"
        raise Misconfigured(message) from error
    while lines and not lines[-1]:
        lines.pop()
    if not lines or "" in lines:
        message = f"{path} has an empty line: it needs one label per line"
        raise Misconfigured(message)
    return tuple(lines)
