"""What a picture's colours and texture are, as numbers; no model is needed for it."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

SIDE = 96
FOCUS = 0.5  # how slowly what is farther from the middle counts less
TINY = 1e-3
DARK = 0.05  # so that noise in the dark is no colour
CHROMA, LOW, HIGH = 12, 0.1, 0.7  # bins and ends of each axis of the chromaticities
HUES, PATTERNS = 24, 10
SURROUNDINGS = 12
PATTERN_SCALES = (1, 2, 4)
ROUGHNESS_SCALES = (1, 2, 4, 8)
STEP = 0.01  # by which a neighbour must be lighter
MOST_CHANGES = 2  # around a pixel, for a pattern of its own
NEIGHBOURS = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))

Array = npt.NDArray[Any]


def features(image: Image.Image) -> npt.NDArray[np.float32]:
    """As many numbers for every RGB picture, whatever its size; brightness hardly matters."""
    square = _square(image)
    pixels = np.asarray(square, dtype=np.float32) / 255
    hues, saturations, _ = np.moveaxis(np.asarray(square.convert("HSV"), np.float32) / 255, 2, 0)
    total = pixels.sum(axis=2) + DARK
    red, green = pixels[..., 0] / total, pixels[..., 1] / total
    grey = pixels.mean(axis=2)
    even = grey / (_smooth(grey, SURROUNDINGS) + DARK)
    parts = (
        _chromaticities(red, green),
        _hues(hues, saturations),
        _moments(red, green, grey, saturations),
        _all_patterns(even),
        _roughness(even, 3 * red, 3 * green),
    )
    return np.concatenate(parts).astype(np.float32)


def _square(image: Image.Image) -> Image.Image:
    """The middle of a picture, always as large."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    return image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box)


@cache
def _weights() -> Array:
    """What is in the middle counts most; they sum to one."""
    place = np.linspace(-1, 1, SIDE)
    weights = np.exp(-(place[:, None] ** 2 + place**2) / FOCUS)
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _chromaticities(red: Array, green: Array) -> Array:
    """How often which mixture of red, green and blue occurs."""
    ends = [[LOW, HIGH]] * 2
    weights = _weights().ravel()
    counts, _, _ = np.histogram2d(red.ravel(), green.ravel(), CHROMA, ends, weights=weights)
    return np.sqrt(counts.ravel())


def _hues(hues: Array, saturations: Array) -> Array:
    weights = (_weights() * saturations).ravel()
    counts, _ = np.histogram(hues.ravel(), HUES, (0, 1), weights=weights)
    return np.asarray(np.sqrt(counts))


def _moments(*planes: Array) -> Array:
    """Mean and spread of each."""
    means = [_mean(plane) for plane in planes]
    spreads = [
        np.sqrt(_mean((plane - mean) ** 2)) for plane, mean in zip(planes, means, strict=True)
    ]
    return np.array(means + spreads)


def _mean(plane: Array) -> float:
    return float((plane * _weights()).sum())


def _all_patterns(plane: Array) -> Array:
    parts = []
    for scale in PATTERN_SCALES:
        smooth = _smooth(plane, scale // 2) if scale > 1 else plane
        parts.append(_patterns(smooth[::scale, ::scale], _weights()[::scale, ::scale]))
    return np.concatenate(parts)


def _patterns(plane: Array, weights: Array) -> Array:
    """Local binary patterns: how many of its neighbours are lighter than a pixel."""
    high, wide = plane.shape[0] - 2, plane.shape[1] - 2
    middle = plane[1:-1, 1:-1] + STEP
    lighter = np.stack(
        [plane[top : top + high, left : left + wide] >= middle for top, left in NEIGHBOURS]
    )
    changes = (lighter != np.roll(lighter, 1, axis=0)).sum(axis=0)
    codes = np.where(changes <= MOST_CHANGES, lighter.sum(axis=0), PATTERNS - 1)
    counts = np.bincount(codes.ravel(), weights[1:-1, 1:-1].ravel(), PATTERNS)
    return np.asarray(np.sqrt(counts / weights.sum()))


def _roughness(*planes: Array) -> Array:
    """How much goes on at each scale: its strength, which way it leans, how evenly it lies."""
    found = []
    for plane in planes:
        before = plane
        for scale in ROUGHNESS_SCALES:
            smooth = _smooth(before, scale)
            detail, before = before - smooth, smooth
            squares = detail * detail
            strength, mean = np.sqrt(_mean(squares)), _mean(np.abs(detail))
            lean = np.cbrt(_mean(squares * detail))
            found += [np.log(TINY + strength), lean, np.log(TINY + mean)]
    return np.array(found)


def _smooth(plane: Array, reach: int) -> Array:
    """The mean of the square around each pixel."""
    side = 2 * reach + 1
    sums = np.pad(plane, (reach + 1, reach), mode="edge").cumsum(0).cumsum(1)
    inner = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(inner / side**2)
