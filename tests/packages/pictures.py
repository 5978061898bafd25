"""Image files of every kind, good and bad, made in memory."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

RED = (230, 20, 20)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The file of a picture."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(colour: tuple[int, int, int] = RED, size: tuple[int, int] = (64, 48)) -> Image.Image:
    """One colour all over."""
    return Image.new("RGB", size, colour)


def noise(size: tuple[int, int] = (300, 200), seed: int = 1) -> Image.Image:
    """A picture with structure at every scale, so that wrong geometry and cuts are seen."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (9, 13, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def half_red(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    return image


def lying(width: int, height: int) -> bytes:
    """A small JPEG whose header says that it is of another size."""
    data = bytearray(encoded(plain()))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def png_bomb(side: int) -> bytes:
    """A PNG of black pixels: some kilobytes that would become gigabytes."""
    squeeze = zlib.compressobj(1)
    rows = squeeze.compress(bytes((side // 8 + 1) * side)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def endless_scans(count: int) -> bytes:
    """A progressive JPEG that repeats its first scan."""
    data = encoded(noise(), progressive=True)
    start = data.index(b"\xff\xda")
    after = data.index(b"\xff\xc4", start)
    return data[:start] + data[start:after] * count + data[after:]
