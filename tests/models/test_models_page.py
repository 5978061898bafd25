"""The page on models says what is so: its examples are run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from folders import lay
from pydantic import BaseModel

from inference.engines.folder.description import Description
from inference.engines.folder.pixels import Pixels
from inference.engines.folder.sources import Source
from inference.engines.folder.weights import read_weights
from inference.models.commands import models

PAGE = Path("docs/models.md").read_text()
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def example(kind: str, containing: str) -> str:
    (found,) = (text for k, text in BLOCK.findall(PAGE) if k == kind and containing in text)
    return str(found)


def keys(kind: type[BaseModel]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        yield name
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from keys(part)


def test_the_example_of_a_description_is_one_and_has_every_key() -> None:
    text = example("yaml", "name: my-model")
    said = Description.model_validate(yaml.safe_load(text))
    assert said.preprocess.sides == (224, 224)
    missing = {key for key in keys(Description) if not re.search(rf"\b{key}:", text)}
    assert not missing


@pytest.mark.parametrize("kind", [Description, Pixels])
def test_every_key_that_is_understood_is_named(kind: type[BaseModel]) -> None:
    passed_over = {"do_pad", "kind", "old_kind"}
    assert not {key for key in keys(kind) if key not in passed_over and key not in PAGE}


def test_the_example_of_metadata_makes_a_model_that_needs_nothing_else(tmp_path: Path) -> None:
    lay(tmp_path / "model.onnx")
    subprocess.run([sys.executable, "-c", example("python", "onnx")], cwd=tmp_path, check=True)
    weights = read_weights(tmp_path)
    assert (weights.source, weights.labels[1]) == (Source.METADATA, "mildew")


def test_a_model_is_told_as_the_page_shows_it() -> None:
    shown = example("", "$ python -m inference models check").splitlines()
    told = CliRunner().invoke(models, shown[0].split()[5:]).stdout.splitlines()
    facts = [line for line in shown[1:] if not line.startswith((".", "one", "8"))]
    assert not [fact for fact in facts if fact not in told]
    assert {"one picture ", "8 at once   "} <= {line[:12] for line in told}


def test_the_sources_stand_in_their_order() -> None:
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|", PAGE, re.MULTILINE)
    assert [number for number, _ in rows] == [str(n + 1) for n in range(len(Source))]
