"""A leaf as fields over the picture: how far along and across it lies, where its veins run."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from PIL import Image

from training.ranges import Ranges

WHOLLY, WELL_INSIDE = 0.99, 0.88

Field = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Leaf:
    """One healthy leaf; every field has the picture's height and width."""

    along: Field  # 0 at the stalk, 1 at the tip
    across: Field  # -1 and 1 at the margins
    inside: Field  # 1 on the leaf, 0 beside it, in between on the margin
    veins: Field  # 1 on a vein
    side: int  # the picture's shorter side, in pixels

    def places(self, count: int, rng: Generator) -> list[tuple[int, int]]:
        """Points well inside, as x and y."""
        rows, columns = np.nonzero((self.inside > WHOLLY) & (np.abs(self.across) < WELL_INSIDE))
        chosen = rng.integers(0, len(rows), count)
        return list(zip(columns[chosen].tolist(), rows[chosen].tolist(), strict=True))


class _Axes(NamedTuple):
    """Distances in leaf lengths from the middle of the midrib: along it, and away from it."""

    along: Field
    away: Field
    pixel: float


def grow(size: tuple[int, int], ranges: Ranges, rng: Generator) -> Leaf:
    """A leaf somewhere near the middle, turned at random."""
    axes = _axes(size, ranges, rng)
    along = np.clip(axes.along + 0.5, 0.0, 1.0)
    half = _half_width(along, ranges, rng)
    across = axes.away / np.maximum(half, 1e-4)
    ends = np.abs(axes.along) < 0.5  # noqa: PLR2004 - half a length to either side
    inside = np.clip((half - np.abs(axes.away)) / axes.pixel + 0.5, 0.0, 1.0) * ends
    veins = _veins(axes, along, ranges, rng) * inside
    return Leaf(along, np.clip(across, -2, 2), inside, veins, min(size))


def cloud(leaf: Leaf, cells: float, rng: Generator) -> Field:
    """Soft noise from 0 to 1 with about so many blots across the picture."""
    height, width = leaf.inside.shape
    rows = max(2, round(cells * height / leaf.side))
    columns = max(2, round(cells * width / leaf.side))
    small = Image.fromarray(rng.random((rows, columns), dtype=np.float32))
    field = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    return np.clip(field, 0.0, 1.0)


def _axes(size: tuple[int, int], ranges: Ranges, rng: Generator) -> _Axes:
    width, height = size
    length = ranges.length.pick(rng) * min(size)
    middle = (np.array([width, height]) / 2 + rng.normal(0, 0.03, 2) * min(size)).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x - middle[0]) / length, (y - middle[1]) / length
    angle = rng.uniform(0, 2 * np.pi)
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    along, away = x * cosine + y * sine, y * cosine - x * sine
    return _Axes(along, away - ranges.bend.pick(rng) * (4 * along**2 - 1), 1 / length)


def _half_width(along: Field, ranges: Ranges, rng: Generator) -> Field:
    """Widest before its middle, pointed at the tip, with teeth along the margin."""
    broadest, fullness = rng.uniform(0.7, 0.95), rng.uniform(0.75, 1.0)
    body = np.sin(np.pi * along**broadest).clip(0) ** fullness
    teeth = 1 - rng.uniform(0.0, 0.09) * ((along * ranges.teeth.pick(rng)) % 1.0)
    return np.asarray(ranges.slimness.pick(rng) / 2 * body * teeth, dtype=np.float32)


def _veins(axes: _Axes, along: Field, ranges: Ranges, rng: Generator) -> Field:
    """A midrib and side veins that leave it towards the tip."""
    distance = np.abs(axes.away)
    midrib = np.exp(-((distance / (0.012 * (1.3 - along))) ** 2))
    count = ranges.veins.count(rng)
    phase = (along - distance * rng.uniform(0.6, 1.1)) * count % 1.0
    sides = np.exp(-(((phase - 0.5) / (0.05 + 0.01 * count / 8)) ** 2)) * (1 - distance)
    return np.maximum(midrib, 0.8 * sides).astype(np.float32)
