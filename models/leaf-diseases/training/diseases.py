"""What the diseases look like here: painted, so nobody should trust it with a real leaf."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from training.leaf import Field, Leaf, cloud
from training.ranges import Ranges

Colours = npt.NDArray[np.float32]  # height, width, red-green-blue from 0 to 1


class Brush(NamedTuple):
    """What a painter works with."""

    leaf: Leaf
    ranges: Ranges
    rng: Generator


Painter = Callable[[Colours, Brush], Colours]


def mix(under: Colours, colour: tuple[float, float, float], share: Field) -> Colours:
    """A colour laid over others, as thick as the field says."""
    over = np.asarray(colour, dtype=np.float32)
    return under + (over - under) * share[..., None]


def _healthy(colours: Colours, brush: Brush) -> Colours:  # noqa: ARG001 - a painter like the others
    return colours


def _rust(colours: Colours, brush: Brush) -> Colours:
    leaf, rng = brush.leaf, brush.rng
    dots = [
        (place, rng.uniform(0.005, 0.012) * leaf.side)
        for place in leaf.places(brush.ranges.rust_dots.count(rng), rng)
    ]
    halo = mix(colours, (0.78, 0.68, 0.2), 0.6 * _discs(leaf, dots, 1.9, blur=0.008))
    shade = (rng.uniform(0.62, 0.78), rng.uniform(0.28, 0.38), 0.06)
    return mix(halo, shade, 0.95 * _discs(leaf, dots, 1.0, blur=0.001))


def _leaf_spot(colours: Colours, brush: Brush) -> Colours:
    leaf, ranges, rng = brush.leaf, brush.ranges, brush.rng
    spots = [
        (place, ranges.spot_radius.pick(rng) * leaf.side)
        for place in leaf.places(ranges.spots.count(rng), rng)
    ]
    colours = mix(colours, (0.8, 0.76, 0.25), 0.6 * _discs(leaf, spots, 1.45, blur=0.012))
    colours = mix(colours, (0.27, 0.15, 0.08), 0.95 * _discs(leaf, spots, 1.0, blur=0.002))
    return mix(colours, (0.66, 0.52, 0.36), 0.9 * _discs(leaf, spots, 0.6, blur=0.003))


def _powdery_mildew(colours: Colours, brush: Brush) -> Colours:
    leaf, rng = brush.leaf, brush.rng
    patches = 0.7 * cloud(leaf, rng.uniform(4, 7), rng) + 0.3 * cloud(leaf, 30, rng)
    edge = np.quantile(patches[leaf.inside > 0], 1 - brush.ranges.mildew_cover.pick(rng))
    powder = np.clip((patches - edge) / 0.12, 0, 1) * (0.75 + 0.25 * cloud(leaf, 90, rng))
    return mix(colours, (0.9, 0.91, 0.88), rng.uniform(0.65, 0.9) * powder)


def _blight(colours: Colours, brush: Brush) -> Colours:
    """Dead tissue that eats its way in from an end or a margin, a yellow front ahead."""
    leaf, rng = brush.leaf, brush.rng
    starts = (1 - leaf.along, leaf.along, (1 - leaf.across) / 2, (1 + leaf.across) / 2)
    front = starts[int(rng.integers(len(starts)))] + 0.3 * (cloud(leaf, 6, rng) - 0.5)
    inward = brush.ranges.blight_reach.pick(rng) - front
    colours = mix(colours, (0.76, 0.7, 0.22), 0.8 * np.clip(inward / 0.06 + 1, 0, 1))
    colours = mix(colours, (0.42, 0.28, 0.15), 0.95 * np.clip(inward / 0.03, 0, 1))
    return mix(colours, (0.2, 0.13, 0.08), np.clip(inward * 2, 0, 0.6) * cloud(leaf, 25, rng))


def _mosaic_virus(colours: Colours, brush: Brush) -> Colours:
    """Light and dark green fields, set sharply against each other."""
    leaf, rng = brush.leaf, brush.rng
    cells = cloud(leaf, brush.ranges.mosaic_cells.pick(rng), rng)
    pale = np.clip((cells - 0.52) / 0.1, 0, 1)
    dark = np.clip((0.46 - cells) / 0.1, 0, 1)
    colours = mix(colours, (0.74, 0.8, 0.32), rng.uniform(0.6, 0.85) * pale)
    return mix(colours, (0.07, 0.25, 0.08), rng.uniform(0.45, 0.7) * dark)


def _chlorosis(colours: Colours, brush: Brush) -> Colours:
    """The leaf fades to yellow, its veins stay green."""
    leaf, rng = brush.leaf, brush.rng
    near = _softened(Image.fromarray((leaf.veins * 255).astype(np.uint8)), leaf.side * 0.008)
    between = np.clip(1 - 2.2 * near, 0, 1)
    depth = brush.ranges.chlorosis.pick(rng) * (0.85 + 0.15 * cloud(leaf, 4, rng))
    return mix(colours, (0.88, 0.84, 0.3), depth * between)


def _discs(
    leaf: Leaf, discs: list[tuple[tuple[int, int], float]], scale: float, *, blur: float
) -> Field:
    """Round shapes with a soft edge, none of them quite a circle."""
    height, width = leaf.inside.shape
    layer = Image.new("L", (width, height))
    pen = ImageDraw.Draw(layer)
    for number, ((x, y), radius) in enumerate(discs):
        wide, high = radius * scale * (1 + 0.2 * (number % 2)), radius * scale
        pen.ellipse((x - wide, y - high, x + wide, y + high), fill=255)
    return _softened(layer, max(0.5, blur * leaf.side))


def _softened(layer: Image.Image, radius: float) -> Field:
    return np.asarray(layer.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / 255


PAINTERS: dict[str, Painter] = {
    "blight": _blight,
    "chlorosis": _chlorosis,
    "healthy": _healthy,
    "leaf spot": _leaf_spot,
    "mosaic virus": _mosaic_virus,
    "powdery mildew": _powdery_mildew,
    "rust": _rust,
}
LABELS = tuple(PAINTERS)
