"""`python -m training`: draws, trains, exports, measures, and puts everything where it belongs."""

from pathlib import Path

import click
import numpy as np

from training.diseases import LABELS
from training.export import agree, export
from training.fit import fit
from training.measure import measure
from training.pictures import LARGER, SIDE, drawn
from training.ranges import HELD_OUT, TRAINING
from training.report import describe, page
from training.scene import draw

FOLDER = Path(__file__).parents[1]
PICTURES = Path("inference/lanes/image_classification/pictures")
SAMPLE_SIZE = (320, 240)
SAMPLES_EACH = 2
DRAWING_SEED = 1
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
    _write_report(path, held_out)
    _draw_samples()


def _write_report(path: Path, held_out: int) -> None:
    measured = measure(FOLDER, held_out)
    describe(
        path,
        {
            "on": "held-out synthetic drawings, made with other parameter ranges",
            "drawings": int(measured.counts.sum()),
            "accuracy": round(measured.accuracy, 4),
        },
    )
    page(FOLDER, measured, path.stat().st_size)
    click.echo(f"accuracy on held-out drawings: {measured.accuracy:.3f}")


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
