"""`python -m training.finish`: measures the model, makes what stands in for it, writes it all down.

What training ends with; alone, it needs no more than the extras cpu and quantize.
"""

from pathlib import Path

import click

from training.measure import drawings, measure
from training.ranges import HELD_OUT
from training.report import describe, page
from training.standins import accuracies, make

FOLDER = Path(__file__).parents[1]
HELD_OUT_SEED = 77


def finish(folder: Path, shown: int, held_out: int) -> None:
    """From so many drawings of every class to make from, and others to measure on."""
    unseen = drawings(HELD_OUT, held_out, HELD_OUT_SEED)
    measured = measure(folder, unseen)
    describe(
        folder / "model.onnx",
        {
            "on": "held-out synthetic drawings, made with other parameter ranges",
            "drawings": int(measured.counts.sum()),
            "accuracy": round(measured.accuracy, 4),
        },
    )
    make(folder, shown, unseen)
    page(folder, measured, accuracies(folder, unseen))
    click.echo(f"accuracy on held-out drawings: {measured.accuracy:.3f}")


@click.command()
@click.option("--shown", default=300, help="Drawings of every class to make stand-ins from.")
@click.option("--held-out", default=100, help="Drawings of every class to measure on.")
def main(shown: int, held_out: int) -> None:
    """Measure the demonstration model and make what stands in for it."""
    finish(FOLDER, shown, held_out)


if __name__ == "__main__":
    main()
