"""`python -m training`: draws, trains, exports, measures, and puts everything where it belongs."""

from pathlib import Path

import click
import numpy as np

from training.diseases import LABELS
from training.export import agree, export
from training.finish import FOLDER, finish
from training.fit import fit
from training.pictures import LARGER, SIDE, drawn
from training.ranges import HELD_OUT, TRAINING
from training.report import describe
from training.scene import draw

PICTURES = Path("inference/lanes/image_classification/pictures")
SAMPLE_SIZE = (320, 240)
SAMPLES_EACH = 2
DRAWING_SEED = 1
SHOWN = 300
SAMPLE_SEED = 5


@click.command()
@click.option("--each", default=420, help="Drawings of every class to train on.")
@click.option("--epochs", default=16, help="Passes over them.")
@click.option("--held-out", default=100, help="Drawings of every class to measure on.")
def main(each: int, epochs: int, held_out: int) -> None:
    """Make the demonstration model."""
    pictures, classes = drawn(TRAINING, each, DRAWING_SEED, LARGER)
    weights, statistics = fit(pictures, classes, len(LABELS), epochs)
    path = export(weights, statistics, FOLDER)
    trial, _ = drawn(HELD_OUT, 2, DRAWING_SEED, SIDE)
    agree(path, weights, statistics, trial)
    describe(path, {})
    finish(FOLDER, SHOWN, held_out)
    _draw_samples()


def _draw_samples() -> None:
    """The lane's own samples, some of each class."""
    rng = np.random.default_rng(SAMPLE_SEED)
    for old in PICTURES.glob("*.jpg"):
        old.unlink()
    for number in range(1, SAMPLES_EACH + 1):
        for label in LABELS:
            name = f"{label.replace(' ', '-')}-{number}.jpg"
            (PICTURES / name).write_bytes(draw(label, TRAINING, rng, SAMPLE_SIZE))


if __name__ == "__main__":
    main()
