"""What a graph's own input and output tell about pictures and scores, where nobody says it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from inference.engines.folder.description import Activation
from inference.engines.folder.modelfile import ModelFile
from inference.errors import Misconfigured

COLOURS = frozenset({1, 3})
RANK = 4
# Operators after which there is nothing left to do but to read the scores.
ENDS = {"Softmax": Activation.SOFTMAX, "Sigmoid": Activation.SIGMOID}


class Form(NamedTuple):
    """The input of a graph; what it leaves open is None."""

    layout: str
    channels: int | None
    dtype: str
    sides: tuple[int, int] | None

    def input(self) -> Mapping[str, Any]:
        """As a description has it; pictures have colours where nothing else is said."""
        return {"layout": self.layout, "channels": self.channels or 3, "dtype": self.dtype}

    def normalised(self, **numbers: object) -> Mapping[str, Any]:
        """What is done to the pixels: nothing, where the graph takes them as they are."""
        return {} if self.dtype == "uint8" else numbers


def form_of(file: ModelFile) -> Form:
    """The form in which a model takes its pictures."""
    inputs = file.graph.inputs
    if len(inputs) != 1:
        message = f"{file.path}: the graph has {len(inputs)} inputs; export it with one, the images"
        raise Misconfigured(message)
    shape = inputs[0].shape or (None,) * RANK
    if len(shape) != RANK:
        message = (
            f"{file.path}: the graph takes {len(shape)} dimensions: export it for a batch of images"
        )
        raise Misconfigured(message)
    last = shape[3] in COLOURS and shape[1] not in COLOURS
    _, *sides, channels = shape if last else (shape[0], shape[2], shape[3], shape[1])
    height, width = sides
    known = None if height is None or width is None else (height, width)
    # Half precision is the affair of the engine, which gives and takes single.
    dtype = "uint8" if inputs[0].dtype == "uint8" else "float32"
    return Form("NHWC" if last else "NCHW", channels, dtype, known)


def output_of(file: ModelFile, logits: Activation = Activation.SOFTMAX) -> Mapping[str, Any]:
    """How scores come about: by the graph itself where it ends so, else as its kind does it."""
    done = finished(file)
    if done is None:
        return {"activation": logits}
    return {"activation": Activation.NONE, "multi_label": done is Activation.SIGMOID}


def finished(file: ModelFile) -> Activation | None:
    """What a graph applies to its scores itself, as its last step."""
    return ENDS.get(file.graph.last or "")
