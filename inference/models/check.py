"""`models check`: what a model is taken for, and whether it works on a picture."""

from pathlib import Path

import click

from inference.contract import Content, Rejection
from inference.engines.folder.sources import Place, of_file
from inference.engines.folder.weights import read_weights
from inference.engines.runtime.onnx import here
from inference.engines.runtime.providers import plan
from inference.engines.runtime.settings import EngineSettings
from inference.errors import Misconfigured
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage
from inference.lanes.image_classification.loading import Running, ready, trial_picture
from inference.lanes.image_classification.settings import ImageSettings
from inference.models.showing import show
from inference.models.trying import stand_ins, tried
from inference.models.understood import understood
from inference.web.running import built


@click.command("check")
@click.argument("model", type=click.Path(path_type=Path), required=False)
@click.option("--labels", type=click.Path(path_type=Path), help="Labels in place of its own.")
@click.option("--picture", "file", type=click.Path(path_type=Path), help="Try it on this file.")
def command(model: Path | None, labels: Path | None, file: Path | None) -> None:
    """Say what MODEL is taken for, and try it.

    MODEL is a folder or an .onnx file; by default it is the one that the lane is set to. Where
    something is wrong with it, this ends with 78 and one line.
    """
    settings = built(ImageSettings)
    place = settings.place if model is None else _place(model)
    image = trial_picture() if file is None else _read(file)
    weights = read_weights(place if labels is None else place._replace(labels=labels))
    limits = Limits(settings.top_k, settings.min_score, settings.max_pixels)
    show(understood(weights))
    running = Running(plan(built(EngineSettings), here()))
    show(tried(ready(weights, limits, running), image))
    show(stand_ins(weights, limits, image))


def _place(model: Path) -> Place:
    return of_file(model) if model.is_file() else Place(model)


def _read(file: Path) -> EncodedImage:
    try:
        found = CONTRACT.read(Content(file.read_bytes(), None))
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise Misconfigured(message) from error
    if isinstance(found, Rejection):
        message = f"{file}: {found.detail}"
        raise Misconfigured(message)
    return found
