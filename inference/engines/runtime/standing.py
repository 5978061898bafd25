"""What is told of a model in use: to the log, to metrics and to whoever asks over HTTP."""

from typing import NamedTuple

from inference.engines.folder.weights import Weights
from inference.engines.runtime.sleeper import Sleeper


class Standing(NamedTuple):
    """A model, where it came from and what it costs."""

    name: str
    version: str
    digest: str
    source: str
    file: str
    labels: int
    providers: tuple[str, ...]
    awake: bool
    memory_bytes: int
    """What the process held more of once it was open; 0 while it is closed."""
    open_seconds: float
    """From its file to its first scores, the last time that it was opened."""


def standing(weights: Weights, network: Sleeper) -> Standing:
    """How a model stands at this moment."""
    return Standing(
        name=weights.ref.name,
        version=weights.ref.version,
        digest=weights.ref.digest,
        source=weights.source,
        file=weights.path.name,
        labels=len(weights.labels),
        providers=network.providers,
        awake=network.awake,
        memory_bytes=network.memory if network.awake else 0,
        open_seconds=network.seconds,
    )
