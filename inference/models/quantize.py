"""`models quantize`: makes the light rung of a model, and says how often it agrees with it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from inference.engines.folder.sources import Place
from inference.engines.folder.weights import read_weights
from inference.engines.runtime.quantizing import Batch, agreement, quantize
from inference.errors import Misconfigured
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import EncodedImage
from inference.lanes.image_classification.loading import ready
from inference.models.pictures import Pictures, pictures
from inference.models.recording import check_recordable, described, record

LIMITS = Limits(top_k=1, min_score=0.0, max_pixels=40_000_000)
AT_ONCE = 8
FEW = 100


@click.command("quantize")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="By default light.onnx in FOLDER.")
@click.option(
    "--pictures",
    "shown",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Typical pictures, some hundred; by default the lane's few samples.",
)
def command(folder: Path, out: Path | None, shown: Path | None) -> None:
    """Make an 8-bit model of the one in FOLDER: its light rung.

    Every second picture sets the ranges of its numbers, the others show how often its best label is
    the full model's. The file is entered in model.yaml, where it lies in FOLDER.
    """
    out = out or folder / "light.onnx"
    if out.parent.resolve() == folder.resolve():
        check_recordable(folder)
    found = pictures(shown)
    share = make_light(folder, found, out)
    click.echo(f"{out}: the same best label for {share:.1%} of {len(found.held_out)} pictures")
    if len(found.held_out) < FEW:
        click.echo(f"that is few: name some hundred with --pictures, {FEW} at least", err=True)


def make_light(folder: Path, found: Pictures, out: Path) -> float:
    """Makes the file and its entry; gives the share of equal answers."""
    weights = read_weights(Place(folder))
    if out.resolve() == weights.path.resolve():
        message = f"{out} is the model itself: name another file with --out"
        raise Misconfigured(message)
    full = ready(weights, LIMITS)
    quantize(weights.path, prepared(full, found.shown), out)
    light = ready(weights._replace(path=out, file=None), LIMITS)
    share = agreement(
        (full.scores(batch) for batch in prepared(full, found.held_out)),
        (light.scores(batch) for batch in prepared(light, found.held_out)),
    )
    if out.parent.resolve() == folder.resolve():
        record(folder, "light", described(out, share, len(found.held_out)))
    return share


def prepared(classifier: Classifier, images: Sequence[EncodedImage]) -> Iterator[Batch]:
    """What a model takes of the pictures that can be decoded."""
    for start in range(0, len(images), AT_ONCE):
        batch, _ = classifier.prepared(images[start : start + AT_ONCE])
        if len(batch):
            yield batch
