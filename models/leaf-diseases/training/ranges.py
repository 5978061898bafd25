"""From what a drawing's parameters are taken: one set to train on, another to measure on."""

from dataclasses import dataclass
from typing import NamedTuple

from numpy.random import Generator


class Interval(NamedTuple):
    """Any number between two."""

    low: float
    high: float

    def pick(self, rng: Generator) -> float:
        """One of them."""
        return float(rng.uniform(self.low, self.high))

    def count(self, rng: Generator) -> int:
        """One of the whole numbers in it."""
        return int(rng.integers(int(self.low), int(self.high) + 1))


@dataclass(frozen=True)
class Ranges:
    """Lengths are shares of the picture's shorter side, or of the leaf where it says so."""

    sizes: tuple[tuple[int, int], ...]
    backgrounds: tuple[str, ...]
    length: Interval
    slimness: Interval  # a leaf's width over its length
    bend: Interval
    teeth: Interval  # along its margin
    veins: Interval
    green: Interval  # hue, 0 to 1
    light: Interval
    slope: Interval  # how unevenly the light falls
    grain: Interval
    quality: Interval  # of the JPEG
    rust_dots: Interval
    spots: Interval
    spot_radius: Interval
    mildew_cover: Interval  # share of the leaf
    blight_reach: Interval
    mosaic_cells: Interval
    chlorosis: Interval  # how yellow it gets


TRAINING = Ranges(
    sizes=((240, 240), (320, 240), (240, 320), (400, 300)),
    backgrounds=("plain", "soil", "foliage", "anything", "anything", "anything"),
    length=Interval(0.78, 1.05),
    slimness=Interval(0.40, 0.68),
    bend=Interval(-0.18, 0.18),
    teeth=Interval(0, 22),
    veins=Interval(5, 9),
    green=Interval(0.23, 0.34),
    light=Interval(0.7, 1.15),
    slope=Interval(0.0, 0.35),
    grain=Interval(0.0, 0.03),
    quality=Interval(70, 92),
    rust_dots=Interval(70, 220),
    spots=Interval(6, 15),
    spot_radius=Interval(0.022, 0.042),
    mildew_cover=Interval(0.22, 0.55),
    blight_reach=Interval(0.26, 0.55),
    mosaic_cells=Interval(7, 13),
    chlorosis=Interval(0.5, 0.95),
)

HELD_OUT = Ranges(
    sizes=((288, 216), (216, 288), (512, 384), (640, 480)),
    backgrounds=("stripes", "paper", "gradient"),
    length=Interval(0.70, 0.80),
    slimness=Interval(0.34, 0.42),
    bend=Interval(-0.26, 0.26),
    teeth=Interval(22, 30),
    veins=Interval(9, 11),
    green=Interval(0.215, 0.25),
    light=Interval(0.62, 0.8),
    slope=Interval(0.3, 0.5),
    grain=Interval(0.025, 0.045),
    quality=Interval(50, 72),
    rust_dots=Interval(50, 80),
    spots=Interval(4, 7),
    spot_radius=Interval(0.036, 0.05),
    mildew_cover=Interval(0.18, 0.3),
    blight_reach=Interval(0.22, 0.32),
    mosaic_cells=Interval(12, 16),
    chlorosis=Interval(0.45, 0.6),
)
