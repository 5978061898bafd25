"""`models prototypes`: makes the basic rung of a model, and says how often it agrees with it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from inference.contract import Rejection
from inference.engines.folder.sources import Place
from inference.engines.folder.weights import read_weights
from inference.engines.images import Picture, decode
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import EncodedImage
from inference.lanes.image_classification.features import features
from inference.lanes.image_classification.loading import ready
from inference.lanes.image_classification.nearest import wanted
from inference.lanes.image_classification.prototypes import fit
from inference.lanes.image_classification.standins import LEAST_AGREEMENT
from inference.models.pictures import Pictures, pictures
from inference.models.quantize import FEW, LIMITS
from inference.models.recording import check_recordable, described, record

NAME = "prototypes.npz"

Rows = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@click.command("prototypes")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--pictures",
    "shown",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Typical pictures, many of every class.",
)
def command(folder: Path, shown: Path) -> None:
    """Make prototypes of the classes of the model in FOLDER: its basic rung.

    What the model says of every second picture is learnt as colours and textures; the others show
    how often they lead to the same label. It is offered from 0.6 on.
    """
    check_recordable(folder)
    found = pictures(shown)
    share = make_prototypes(folder, found)
    click.echo(f"{folder / NAME}: the same label for {share:.1%} of {len(found.held_out)} pictures")
    if share < LEAST_AGREEMENT:
        click.echo(f"that is less than {LEAST_AGREEMENT:.0%}: it is not going to be offered")
    elif len(found.held_out) < FEW:
        click.echo(f"that is few: {FEW} at least say something", err=True)


def make_prototypes(folder: Path, found: Pictures) -> float:
    """Makes the file and its entry; gives the share of equal answers."""
    weights = read_weights(Place(folder))
    full = ready(weights, LIMITS)
    prototypes = fit(*_seen(full, found.shown), len(weights.labels))
    (folder / NAME).write_bytes(prototypes.pack())
    rows, answers = _seen(full, found.held_out)
    share = float((prototypes.scores(rows).argmax(axis=1) == answers).mean())
    record(folder, "basic", described(folder / NAME, share, len(answers)))
    return share


def _seen(full: Classifier, images: Sequence[EncodedImage]) -> tuple[Rows, Labels]:
    """The features of pictures, and what the model says of each."""
    pairs = list(_pairs(full, images))
    return np.stack([row for row, _ in pairs]), np.array([label for _, label in pairs])


def _pairs(full: Classifier, images: Sequence[EncodedImage]) -> Iterator[tuple[Rows, int]]:
    """Pictures that cannot be decoded are passed over."""
    for image in images:
        [answer] = full.classify([image])
        picture = decode(image.data, image.format, wanted(LIMITS.max_pixels))
        if isinstance(picture, Picture) and not isinstance(answer, Rejection):
            yield features(picture.image), answer.predictions[0].index
