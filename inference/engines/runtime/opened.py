"""A model's network, opened as what was read of it: neither another file nor another format."""

import re

from inference.engines.folder.modelfile import look
from inference.engines.folder.weights import Weights
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.providers import CPU_ONLY, Plan
from inference.errors import Misconfigured

NEWEST = re.compile(r"till opset (\d+)")


def open_network(weights: Weights, plan: Plan = CPU_ONLY) -> Network:
    """The network of a model; that its file has changed since it was read is a mistake too."""
    if weights.file is not None and look(weights.path).digest != weights.file.digest:
        message = f"{weights.path} has changed since it was read: reload the model, or restart"
        raise Misconfigured(message)
    try:
        return Network(weights.path, plan)
    except Misconfigured as error:
        newest = NEWEST.search(str(error))
        if newest is None or weights.file is None:
            raise
        message = (
            f"{weights.path}: it is written in opset {weights.file.opset}, the ONNX Runtime here "
            f"knows them up to {newest[1]}: export it with that one, or update onnxruntime"
        )
        raise Misconfigured(message) from error
