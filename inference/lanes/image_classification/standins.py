"""What a model's folder has to answer in the model's place: a smaller graph, or prototypes."""

import hashlib

import structlog

from inference.contract import Level, ModelRef
from inference.engines.folder.description import StandIn
from inference.engines.folder.modelfile import look
from inference.engines.folder.weights import Weights
from inference.errors import Misconfigured

log = structlog.get_logger(__name__)

# Below this, what the basic rung says has too little to do with what the model would say.
LEAST_AGREEMENT = 0.6


def light(weights: Weights) -> Weights | None:
    """The smaller graph, described as the model itself is; None where there is none."""
    said = weights.description.light
    if said is None:
        return None
    found = _beside(weights, said, Level.LIGHT)
    return found._replace(file=look(found.path))


def basic(weights: Weights) -> Weights | None:
    """The prototypes, if they agree with the model often enough."""
    said = weights.description.basic
    if said is None:
        return None
    if said.agreement < LEAST_AGREEMENT:
        log.warning("no basic rung", agreement=said.agreement, least=LEAST_AGREEMENT)
        return None
    return _beside(weights, said, Level.BASIC)


def _beside(weights: Weights, said: StandIn, level: Level) -> Weights:
    """It has a name and a digest of its own, and everything else of the model."""
    folder = weights.path.parent.resolve()
    path = folder / said.file
    if not path.resolve().is_relative_to(folder):
        message = f"{level}: {said.file!r} must lie inside the model's folder {weights.path.parent}"
        raise Misconfigured(message)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}): model.yaml names it as its {level}"
        raise Misconfigured(message) from error
    if digest != said.sha256:
        message = f"{path}: its SHA-256 is {digest}, model.yaml says {said.sha256}: make it again"
        raise Misconfigured(message)
    name = f"{weights.ref.name}-{level}"
    ref = ModelRef(name=name, version=weights.ref.version, digest=digest)
    return weights._replace(path=weights.path.parent / said.file, ref=ref)
