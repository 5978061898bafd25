"""Writes into model.yaml what stands in for a model, and leaves the rest of it as it is."""

import hashlib
import re
from pathlib import Path

import yaml

from inference.engines.folder.description import StandIn
from inference.engines.folder.sidecar import DESCRIPTION
from inference.errors import Misconfigured

DIGITS = 4


def described(file: Path, agreement: float, inputs: int) -> StandIn:
    """A file that was just made, and how often it agreed with the model."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    rounded = round(agreement, DIGITS)
    return StandIn(file=file.name, sha256=digest, agreement=rounded, inputs=inputs)


def check_recordable(folder: Path) -> None:
    """Raises where there is no model.yaml to write into."""
    if not (folder / DESCRIPTION).is_file():
        message = (
            f"{folder} has no {DESCRIPTION}, where a model's stand-ins are written down: "
            "write one (`models check` shows what it has to say)"
        )
        raise Misconfigured(message)


def record(folder: Path, key: str, entry: StandIn) -> None:
    """Puts the entry in the place of an older one, or at the end."""
    path = folder / DESCRIPTION
    text = path.read_text(encoding="utf-8")
    block = yaml.safe_dump({key: entry.model_dump()}, sort_keys=False)
    older = re.compile(rf"^{key}:.*\n(?:[ \t]+.*(?:\n|\Z))*", re.MULTILINE)
    if older.search(text):
        path.write_text(older.sub(block, text, count=1), encoding="utf-8")
    else:
        path.write_text(f"{text.rstrip()}\n{block}", encoding="utf-8")
