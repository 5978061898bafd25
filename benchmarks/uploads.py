"""Many large uploads at once, by hand, from a process that yields to the one it sends to.

`python -m benchmarks.uploads PORT COUNT` says that it is ready, begins when it is sent a line, and
prints for each answer its status and Retry-After. Half of them are pictures of which no two are
alike, the others random bytes; every fourth does not say how large it is. Senders are elsewhere in
truth, so here they take what computing time is left over.
"""

import asyncio
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

MIB = 1024 * 1024
SIDES = (1300, 1650, 3)
# What a form adds around the file must not make it larger than the lane takes.
SIZE = 5 * MIB - 1024
PIECE = 64 * 1024
LEAST_URGENT = 19
LIMIT = 60.0
RETRY = re.compile(rb"(?i)\r\nretry-after: *(\d+)")

HEAD = (
    b"POST /predict HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: multipart/form-data; boundary=B\r\n"
)
BEFORE = b'--B\r\nContent-Disposition: form-data; name="file"; filename="leaf.jpg"\r\n\r\n'
AFTER = b"\r\n--B--\r\n"


class Told(NamedTuple):
    """What came back: the status, and the seconds after which to try again."""

    status: int
    retry_after: int | None


def picture() -> bytes:
    """A JPEG file of nearly five MiB that is all noise."""
    noise = np.random.default_rng(4).integers(0, 255, SIDES, dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=94, subsampling=0)
    return file.getvalue()


def body(number: int, jpeg: bytes) -> bytes:
    """A form with a file that was never sent before; what follows a JPEG's end is not looked at."""
    file = os.urandom(SIZE) if number % 2 else jpeg + os.urandom(SIZE - len(jpeg))
    return BEFORE + file + AFTER


def sent(form: bytes, *, announced: bool) -> Iterator[bytes]:
    """A request, piece by piece."""
    size = b"Content-Length: %d" % len(form) if announced else b"Transfer-Encoding: chunked"
    yield HEAD + size + b"\r\n\r\n"
    for start in range(0, len(form), PIECE):
        piece = form[start : start + PIECE]
        yield piece if announced else b"%x\r\n%s\r\n" % (len(piece), piece)
    if not announced:
        yield b"0\r\n\r\n"


async def upload(port: int, form: bytes, *, announced: bool) -> Told:
    """One upload; most senders listen only when they have sent it all."""
    async with asyncio.timeout(LIMIT):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in sent(form, announced=announced):
            writer.write(piece)
            await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    after = RETRY.search(head)
    return Told(int(head.split(maxsplit=2)[1]), int(after[1]) if after else None)


async def upload_all(port: int, forms: Sequence[bytes]) -> list[Told]:
    """All at once."""
    return await asyncio.gather(
        *(upload(port, form, announced=number % 4 != 0) for number, form in enumerate(forms))
    )


def main(port: int, count: int) -> None:
    """Makes them, and sends them when it is told to."""
    jpeg = picture()
    forms = [body(number, jpeg) for number in range(count)]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asyncio.run(upload_all(port, forms))))


if __name__ == "__main__":
    os.nice(LEAST_URGENT)
    main(*map(int, sys.argv[1:]))
