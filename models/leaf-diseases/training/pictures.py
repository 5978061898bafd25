"""Drawings as the network sees them, and the many ways in which a photograph of one may differ."""

import io

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from PIL import Image

from training.diseases import LABELS
from training.ranges import Ranges
from training.scene import draw

SIDE = 128
LARGER = 152  # room to cut another part out of a picture each time
BORDER = 16  # mirrored, to show a leaf smaller than it was drawn
WIDENED = LARGER + 2 * BORDER
SMALLEST_CUT = 124

Pixels = npt.NDArray[np.uint8]
Classes = npt.NDArray[np.int32]


def drawn(ranges: Ranges, each: int, seed: int, side: int) -> tuple[Pixels, Classes]:
    """So many drawings of every class, mixed, cut to squares."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.repeat(np.arange(len(LABELS), dtype=np.int32), each))
    pictures = [square(draw(LABELS[label], ranges, rng), side) for label in classes]
    return np.stack(pictures), classes


def square(data: bytes, side: int) -> Pixels:
    """The middle of a picture whose shorter edge became so long."""
    with Image.open(io.BytesIO(data)) as image:
        scale = side / min(image.size)
        width, height = (max(side, round(edge * scale)) for edge in image.size)
        resized = image.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    left, top = (width - side) // 2, (height - side) // 2
    return np.asarray(resized.crop((left, top, left + side, top + side)))


def varied(pictures: Pixels, rng: Generator) -> npt.NDArray[np.float32]:
    """Each turned, cut, lit and tinted at random, now from 0 to 255 as floats."""
    return np.stack([_varied(picture, rng) for picture in pictures])


def _varied(picture: Pixels, rng: Generator) -> npt.NDArray[np.float32]:
    side = int(rng.integers(SMALLEST_CUT, WIDENED + 1))
    left, top = rng.integers(0, WIDENED - side + 1, 2)
    wide = np.pad(picture, ((BORDER, BORDER), (BORDER, BORDER), (0, 0)), mode="reflect")
    cut = Image.fromarray(wide[top : top + side, left : left + side])
    small = np.asarray(cut.resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float32)
    turned = np.rot90(small, int(rng.integers(4)))
    if rng.random() < 1 / 2:
        turned = turned[:, ::-1]
    grey = turned.mean(axis=2, keepdims=True)
    turned = grey + (turned - grey) * rng.uniform(0.7, 1.3)
    light = rng.uniform(0.45, 1.3) * (1 + rng.uniform(-0.16, 0.16, 3))
    fall = 1 + rng.uniform(-0.4, 0.4) * np.linspace(-1, 1, SIDE)[:, None, None]
    grain = rng.normal(0, rng.uniform(0, 12), (SIDE, SIDE, 1))
    return np.clip(turned * light * fall + grain, 0, 255).astype(np.float32)
