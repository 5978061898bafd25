"""One drawing: a leaf with a disease, on a background, in some light, as a JPEG."""

import colorsys
import io

import numpy as np
from numpy.random import Generator
from PIL import Image

from training.diseases import PAINTERS, Brush, Colours, mix
from training.leaf import Field, Leaf, cloud, grow
from training.ranges import Ranges


def draw(label: str, ranges: Ranges, rng: Generator, size: tuple[int, int] | None = None) -> bytes:
    """The same numbers from the generator give the same bytes."""
    size = size or ranges.sizes[int(rng.integers(len(ranges.sizes)))]
    leaf = grow(size, ranges, rng)
    colours = PAINTERS[label](_greens(leaf, ranges, rng), Brush(leaf, ranges, rng))
    ground = _ground(leaf, ranges, rng)
    scene = ground + (colours - ground) * leaf.inside[..., None]
    return _photograph(scene, leaf, ranges, rng)


def _greens(leaf: Leaf, ranges: Ranges, rng: Generator) -> Colours:
    shade = colorsys.hsv_to_rgb(
        ranges.green.pick(rng), rng.uniform(0.5, 0.8), rng.uniform(0.38, 0.6)
    )
    flat = np.broadcast_to(np.asarray(shade, dtype=np.float32), (*leaf.inside.shape, 3))
    uneven = flat * (0.9 + 0.2 * cloud(leaf, 5, rng))[..., None]
    rounded = uneven * (1.04 - 0.16 * np.minimum(np.abs(leaf.across), 1) ** 2)[..., None]
    light = rng.uniform(0.75, 1.0)
    pale = (0.62 * light, 0.74 * light, 0.42 * light)
    return mix(rounded, pale, rng.uniform(0.25, 0.6) * leaf.veins)


def _ground(leaf: Leaf, ranges: Ranges, rng: Generator) -> Colours:
    """What lies behind the leaf, a little darker where its shadow falls."""
    kind = ranges.backgrounds[int(rng.integers(len(ranges.backgrounds)))]
    dark, pale, pattern = _pattern(kind, leaf, rng)
    flat = np.broadcast_to(np.asarray(dark, dtype=np.float32), (*leaf.inside.shape, 3))
    shift = int(leaf.side * rng.uniform(0.0, 0.03))
    shadow = 1 - 0.35 * np.roll(leaf.inside, (shift, shift), axis=(0, 1))
    return np.asarray(mix(flat, pale, pattern) * shadow[..., None], dtype=np.float32)


def _pattern(
    kind: str, leaf: Leaf, rng: Generator
) -> tuple[tuple[float, float, float], tuple[float, float, float], Field]:
    if kind == "soil":
        return (0.16, 0.11, 0.07), (0.45, 0.34, 0.24), cloud(leaf, 45, rng)
    if kind == "foliage":
        return (0.05, 0.12, 0.04), (0.3, 0.42, 0.2), cloud(leaf, 8, rng)
    if kind == "anything":  # so that nothing can be learnt from what lies behind a leaf
        return _shade(rng), _shade(rng), cloud(leaf, rng.uniform(2, 50), rng)
    height, width = leaf.inside.shape
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :].repeat(height, axis=0)
    if kind == "stripes":  # of wood
        grain = (x * rng.uniform(8, 20) + 0.6 * cloud(leaf, 5, rng)) % 1.0
        return (0.42, 0.29, 0.17), (0.66, 0.5, 0.33), grain
    if kind == "gradient":
        return (0.25, 0.3, 0.38), (0.75, 0.78, 0.82), x
    grey = float(rng.uniform(0.55, 0.9))
    texture = cloud(leaf, 60 if kind == "paper" else 2, rng)
    return (grey, grey, grey), (grey - 0.1, grey - 0.1, grey - 0.12), texture


def _shade(rng: Generator) -> tuple[float, float, float]:
    red, green, blue = colorsys.hsv_to_rgb(
        rng.uniform(0, 1), rng.uniform(0, 0.7), rng.uniform(0.1, 0.95)
    )
    return red, green, blue


def _photograph(scene: Colours, leaf: Leaf, ranges: Ranges, rng: Generator) -> bytes:
    """Light that falls unevenly and is not quite white, grain, and the JPEG's own losses."""
    height, width = leaf.inside.shape
    direction = rng.uniform(-1, 1, 2)
    fall = (
        np.linspace(-0.5, 0.5, width)[None, :] * direction[0]
        + np.linspace(-0.5, 0.5, height)[:, None] * direction[1]
    )
    light = ranges.light.pick(rng) * (1 + ranges.slope.pick(rng) * fall)
    tint = 1 + rng.uniform(-0.06, 0.06, 3)
    grain = rng.standard_normal((height, width, 1), dtype=np.float32) * ranges.grain.pick(rng)
    levels = (scene * light[..., None] * tint + grain).clip(0, 1) * 255
    file = io.BytesIO()
    quality = ranges.quality.count(rng)
    Image.fromarray(levels.astype(np.uint8)).save(file, "JPEG", quality=quality)
    return file.getvalue()
