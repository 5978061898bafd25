"""A body as it comes over the wire, unpacked without ever holding more than it may have."""

import zlib
from collections.abc import AsyncIterator

from producer.metrics import Fetch
from producer.sources.fetching.failures import Unread

ASKED_FOR = "gzip"
# Tells zlib to expect the header of gzip.
_GZIP = 16 + zlib.MAX_WBITS


async def unpacked(chunks: AsyncIterator[bytes], encoding: str, most: int) -> bytes:
    """The whole body; raises Unread when it is larger than `most`, packed or unpacked."""
    if encoding.lower() in {ASKED_FOR, "x-gzip"}:
        return await _unzipped(chunks, most)
    if encoding.lower() not in {"", "identity"}:
        raise Unread(Fetch.UNREADABLE, "it is packed in a way that was not asked for")
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        _must_fit(len(body), most)
    return bytes(body)


async def _unzipped(chunks: AsyncIterator[bytes], most: int) -> bytes:
    unzip, body, packed = zlib.decompressobj(_GZIP), bytearray(), 0
    async for chunk in chunks:
        packed += len(chunk)
        _must_fit(packed, most)
        try:
            body += unzip.decompress(chunk, most + 1 - len(body))
        except zlib.error as error:
            raise Unread(Fetch.UNREADABLE, "it is no gzip, though it says so") from error
        _must_fit(len(body), most)
    if not unzip.eof:
        raise Unread(Fetch.UNREADABLE, "it ends in the middle")
    return bytes(body)


def _must_fit(size: int, most: int) -> None:
    if size > most:
        raise Unread(Fetch.TOO_LARGE, f"it has more than {most} bytes (FETCH_MAX_BYTES)")
