"""Labels in a file of their own, and what is assumed of a model that has nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inference.engines.folder.form import form_of, output_of
from inference.engines.folder.modelfile import look
from inference.engines.folder.sources import MODEL, Found, Place, Source, called, chosen, described
from inference.errors import Misconfigured

LABELS = "labels.txt"
# As the networks of torchvision are trained: the shorter side 256, of it 224 from the middle.
SIDE, CROP_SHARE = 224, 224 / 256
IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


def find(place: Place) -> Found | None:
    """A model with a list of labels and nothing else: taken for one trained as on ImageNet."""
    path = place.labels or place.folder / LABELS
    if place.labels is None and not path.is_file():
        return None
    file, labels = look(chosen(place, MODEL)), read_labels(path)
    form = form_of(file)
    sides = form.sides or (SIDE, SIDE)
    preprocess = {
        "resize": {"mode": "shortest_edge", "size": round(max(sides) / CROP_SHARE)},
        "crop": sides,
        **form.normalised(**IMAGENET),
    }
    said = {"labels": labels, "input": form.input(), "preprocess": preprocess}
    said |= {"output": output_of(file), **called(place, file)}
    return Found(Source.LABELS, file, described(path, said), labels)


def read_labels(path: Path) -> tuple[str, ...]:
    """The names of the classes, one per line; in a .json file a list, or names by their numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = f"{path} is not there: set LABELS_PATH to a file with one label per line"
        raise Misconfigured(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise Misconfigured(message) from error
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text: save it as such, one label per line"
        raise Misconfigured(message) from error
    return _of_json(path, text) if path.suffix == ".json" else _of_lines(path, text)


def in_order(about: Path, names: Mapping[Any, Any]) -> tuple[str, ...]:
    """Labels that are given by their numbers; none may be left out."""
    try:
        numbered = {int(number): str(name) for number, name in names.items()}
    except (TypeError, ValueError) as error:
        message = f"{about}: its labels must stand by their numbers, as in {{'0': 'healthy'}}"
        raise Misconfigured(message) from error
    missing = next((number for number in range(len(numbered)) if number not in numbered), None)
    if missing is not None or not numbered:
        message = f"{about}: no label stands by the number {missing or 0}"
        raise Misconfigured(message)
    return tuple(numbered[number] for number in range(len(numbered)))


def _of_lines(path: Path, text: str) -> tuple[str, ...]:
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if not lines or "" in lines:
        message = f"{path} has an empty line: it needs one label per line"
        raise Misconfigured(message)
    return tuple(lines)


def _of_json(path: Path, text: str) -> tuple[str, ...]:
    try:
        found = json.loads(text)
    except ValueError as error:
        message = f"{path} is not JSON: {error}"
        raise Misconfigured(message) from error
    if isinstance(found, list) and found and all(isinstance(name, str) for name in found):
        return tuple(found)
    if not isinstance(found, dict):
        message = f"{path} must be a list of labels, or an object of labels by their numbers"
        raise Misconfigured(message)
    if all(isinstance(number, int) for number in found.values()):
        found = {number: name for name, number in found.items()}
    return in_order(path, found)
