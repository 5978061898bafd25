"""A model's folder understood: of all that may describe it, the first that is there does."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from inference.contract import ModelRef
from inference.engines.folder import huggingface, labels, metadata, sidecar
from inference.engines.folder.description import Activation, Description
from inference.engines.folder.form import finished
from inference.engines.folder.modelfile import ModelFile
from inference.engines.folder.sources import MODEL, Found, Place, Source, chosen
from inference.errors import Misconfigured

# What of a description becomes part of answers; the rest is for people.
DECISIVE = {"input", "preprocess", "output", "disclaimer"}
ORDER = (sidecar.find, huggingface.find, metadata.find, labels.find)


class Weights(NamedTuple):
    """A model that lies in a folder; all that can be known without running it is checked."""

    path: Path
    description: Description
    labels: tuple[str, ...]
    ref: ModelRef
    source: str = Source.SIDECAR
    file: ModelFile | None = None

    @property
    def fingerprint(self) -> str:
        """Of everything about the model that an answer depends on, its description included."""
        said = self.description.model_dump_json(include=DECISIVE)
        whole = f"{self.ref.model_dump_json()}{said}{self.labels}"
        return hashlib.sha256(whole.encode()).hexdigest()


def read_weights(place: Path | Place) -> Weights:
    """What lies in a folder; every mistake in it raises Misconfigured with what to do."""
    place = place if isinstance(place, Place) else Place(place)
    if not place.folder.is_dir():
        message = f"{place.folder} is not there: set MODEL_DIR to a folder that has a model"
        raise Misconfigured(message)
    found = next(filter(None, (find(place) for find in ORDER)), None)
    if found is None:
        message = (
            f"{chosen(place, MODEL)}: nothing says what it takes and gives: put a "
            "model.yaml, labels.txt, or the config.json and preprocessor_config.json of its "
            "export beside it"
        )
        raise Misconfigured(message)
    _check(found)
    said = found.description
    ref = ModelRef(name=said.name, version=said.version, digest=found.file.digest)
    return Weights(found.file.path, said, found.labels, ref, found.source, found.file)


def _check(found: Found) -> None:
    """What a description says, held against its labels and against the graph's last step."""
    output, path = found.description.output, found.file.path
    unknown = sorted(set(output.thresholds) - set(found.labels))
    if unknown:
        message = f"{path}: output.thresholds names {unknown[0]!r}, which is none of the labels"
        raise Misconfigured(message)
    done = finished(found.file)
    if done is not None and output.activation is not Activation.NONE:
        message = (
            f"{path}: the graph ends in {done} itself: write activation: none, since a second "
            f"{output.activation} would make its scores wrong"
        )
        raise Misconfigured(message)
