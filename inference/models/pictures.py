"""The pictures that a stand-in is made from, and others that it is held against."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from inference.contract import Content, Rejection
from inference.errors import Misconfigured
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage
from inference.lanes.image_classification.samples import samples

OWN = 14
LEAST = 4


class Pictures(NamedTuple):
    """No picture is in both."""

    shown: Sequence[EncodedImage]
    """What the stand-in is made from."""
    held_out: Sequence[EncodedImage]
    """What its answers are compared on."""


def pictures(folder: Path | None) -> Pictures:
    """Every second picture of a folder and of those in it, or of the lane's own samples."""
    found = list(_own() if folder is None else _within(folder))
    if len(found) < LEAST:
        message = f"{folder} has {len(found)} pictures: name a folder with many that are typical"
        raise Misconfigured(message)
    return Pictures(found[::2], found[1::2])


def _own() -> Iterator[EncodedImage]:
    for _, content in samples(OWN):
        image = CONTRACT.read(content)
        if isinstance(image, EncodedImage):
            yield image


def _within(folder: Path) -> Iterator[EncodedImage]:
    """Whatever is no picture is passed over."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= CONTRACT.max_bytes:
            image = CONTRACT.read(Content(path.read_bytes(), None))
            if not isinstance(image, Rejection):
                yield image
