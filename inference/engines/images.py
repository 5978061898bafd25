"""Safe decoding: strangers' bytes become an upright picture, or a reason why not."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from inference.contract import Reason, Rejection

# Pillow warns of odd metadata in files that are decoded all the same: nobody here can mend those.
warnings.filterwarnings("ignore", module=r"PIL\.")

STAGE = "decode"
# A progressive JPEG walks the whole picture once per scan: real ones have about ten.
MOST_SCANS = 100
START_OF_SCAN = b"\xff\xda"

# Its own reader for each format: none but the one that was recognised is ever tried on the bytes.
READERS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "GIF": GifImageFile,
}

# What Pillow is known to raise on broken or hostile bytes.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    struct.error,
    zlib.error,
    EOFError,
    IndexError,
    KeyError,
    AttributeError,
    AssertionError,
    ZeroDivisionError,
    OverflowError,
)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Orientations whose width is the height of what is stored.
ON_ITS_SIDE = frozenset({5, 6, 7, 8})

Size = tuple[int, int]


class Wanted(NamedTuple):
    """What a decoded picture is for."""

    mode: str
    """`RGB` or `L`."""
    max_pixels: int
    enough: Callable[[Size], Size]
    """The (width, height) below which details needed later are lost, for a picture of this size."""


class Picture(NamedTuple):
    """A decoded picture, upright; it may be smaller than what was sent."""

    image: Image.Image
    sent: Size
    """(width, height) of what was sent, upright."""


def decode(data: bytes, kind: str, wanted: Wanted) -> Picture | Rejection:
    """The picture in some bytes; nothing is decoded before its size is known to be acceptable."""
    try:
        return _decode(data, kind, wanted)
    except BOMB:
        return _too_large(wanted)
    except BROKEN:
        detail = f"the {kind} file is damaged or cut short: send it again, whole"
        return Rejection(Reason.MALFORMED, STAGE, detail)


def _decode(data: bytes, kind: str, wanted: Wanted) -> Picture | Rejection:
    if kind == "JPEG" and data.count(START_OF_SCAN) > MOST_SCANS:
        detail = f"the JPEG file has more than {MOST_SCANS} scans: save it again as a usual one"
        return Rejection(Reason.REFUSED, STAGE, detail)
    image = READERS[kind](io.BytesIO(data))
    width, height = image.size
    if width * height > wanted.max_pixels:
        return _too_large(wanted)
    orientation = _orientation(image)
    turned = orientation in ON_ITS_SIDE
    sent = (height, width) if turned else (width, height)
    enough = wanted.enough(sent)
    image.draft(wanted.mode, enough[::-1] if turned else enough)
    image.load()
    plain = _plain(image, wanted.mode)
    return Picture(plain.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else plain, sent)


def _too_large(wanted: Wanted) -> Rejection:
    detail = f"the image has more than {wanted.max_pixels} pixels: send a smaller one"
    return Rejection(Reason.REFUSED, STAGE, detail)


def _orientation(image: Image.Image) -> int:
    """Which way up the picture was taken; broken EXIF data refuses no good picture."""
    if not image.info.keys() & {"exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp"}:
        return 1
    try:
        found = image.getexif().get(Base.Orientation, 1)
    except BROKEN:
        return 1
    return found if isinstance(found, int) else 1


def _plain(image: Image.Image, mode: str) -> Image.Image:
    """The picture in the model's colours, transparent parts on white."""
    if image.mode.startswith("I"):
        return _eight_bits(image).convert(mode)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Pillow would cut 16 bits off at 255; here they keep their brightness."""
    wide = np.asarray(image)
    grey = (wide >> 8).astype(np.uint8)
    if "transparency" in image.info:
        grey[wide == image.info["transparency"]] = 255
    return Image.fromarray(grey)
