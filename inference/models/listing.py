"""`models list`: the models below a folder, a line for each."""

from collections.abc import Iterator
from pathlib import Path

import click

from inference.engines.folder.weights import read_weights
from inference.engines.runtime.memory import MIB
from inference.errors import Misconfigured
from inference.models.showing import table

PAPERS = ("model.yaml", "config.json", "labels.txt", "*.onnx", "onnx/*.onnx")
DIGITS = 12
HEADINGS = ("folder", "model", "version", "labels", "size", "sha256", "understood from")


@click.command("list")
@click.argument("folder", type=click.Path(path_type=Path), default="models")
def command(folder: Path) -> None:
    """List the models in FOLDER (by default `models`) and in the folders directly below it."""
    if not folder.is_dir():
        message = f"{folder} is not there: name a folder that has models"
        raise Misconfigured(message)
    rows = [line(place, folder) for place in places(folder)]
    if not rows:
        click.echo(f"no model lies in {folder}: a model is a folder with an .onnx file", err=True)
        return
    table(HEADINGS, rows)


def places(folder: Path) -> Iterator[Path]:
    """The folder itself and those in it, where there is anything of a model."""
    for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if any(next(place.glob(name), None) for name in PAPERS):
            yield place


def line(place: Path, root: Path) -> tuple[str, ...]:
    """What a model is, or why it is none."""
    name = str(place.relative_to(root))
    try:
        weights = read_weights(place)
    except Misconfigured as error:
        return name, "", "", "", "", "", f"broken: {error}"
    size = f"{weights.file.size / MIB:.1f} MiB" if weights.file else ""
    ref = weights.ref
    counted = str(len(weights.labels))
    return name, ref.name, ref.version, counted, size, ref.digest[:DIGITS], weights.source
