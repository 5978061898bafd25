"""Classes as points among features: the nearest one is the answer, as good as that can be."""

import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inference.errors import Misconfigured

CALMED = 0.15  # share of what is known of the spread that gives way to an even one
TINY = 1e-6

Array = npt.NDArray[Any]


class Prototypes(NamedTuple):
    """Features less `mean`, over `spread`, turned by `turn`, lie near the point of their class."""

    mean: Array
    spread: Array
    turn: Array
    points: Array
    """A row for each class; one that was never seen lies infinitely far away."""

    def scores(self, found: Array) -> Array:
        """How near each row of features is to each class; a row's scores sum to one."""
        turned = ((found - self.mean) / self.spread) @ self.turn
        distances = ((turned[:, None, :] - self.points[None, :, :]) ** 2).sum(axis=2)
        near = np.exp((distances.min(axis=1, keepdims=True) - distances) / 2)
        return np.asarray(near / near.sum(axis=1, keepdims=True), dtype=np.float32)

    def pack(self) -> bytes:
        """What a file of them holds."""
        file = io.BytesIO()
        np.savez(file, **{name: part.astype(np.float32) for name, part in self._asdict().items()})
        return file.getvalue()


def fit(found: Array, answers: Array, classes: int) -> Prototypes:
    """Prototypes from features and the answers that a model gave to the same pictures."""
    mean, spread = found.mean(axis=0), found.std(axis=0) + TINY
    plain = (found - mean) / spread
    seen = np.unique(answers)
    centres = np.zeros((classes, plain.shape[1]))
    for label in seen:
        centres[label] = plain[answers == label].mean(axis=0)
    turn = _turn(plain - centres[answers], centres[seen])
    points = np.full((classes, turn.shape[1]), np.inf)
    points[seen] = centres[seen] @ turn
    return Prototypes(mean, spread, turn, points)


def read_prototypes(path: Path, classes: int) -> Prototypes:
    """What lies in a file; a damaged one raises Misconfigured."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as parts:
            prototypes = Prototypes(*(parts[name] for name in Prototypes._fields))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        message = f"{path} holds no prototypes: make it again, or take `basic` out of model.yaml"
        raise Misconfigured(message) from error
    if len(prototypes.points) != classes:
        message = f"{path} is of {len(prototypes.points)} classes, the model has {classes}"
        raise Misconfigured(message)
    return prototypes


def _turn(off: Array, centres: Array) -> Array:
    """Turns and stretches so that what differs within a class counts as little as it may.

    What lies across the plane of the centres is as far from all of them, and is left out.
    """
    within = off.T @ off / len(off)
    even = np.trace(within) / len(within) * np.eye(len(within))
    lengths, axes = np.linalg.eigh((1 - CALMED) * within + CALMED * even)
    stretched = axes / np.sqrt(np.maximum(lengths, TINY))
    across = (centres - centres.mean(axis=0)) @ stretched
    _, strengths, directions = np.linalg.svd(across, full_matrices=False)
    return np.asarray(stretched @ directions[strengths > TINY].T)
