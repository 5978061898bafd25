"""Protobuf's wire format, as much of it as shows what a file is made of; nothing is copied."""

from collections.abc import Iterator
from typing import NamedTuple

VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
LONGEST_VARINT = 10


class CutShortError(ValueError):
    """The bytes end in the middle of a field."""


class NotProtobufError(ValueError):
    """The bytes are no protobuf message."""


class Field(NamedTuple):
    """A field of a message: a number, or the bytes of a text or of another message."""

    number: int
    value: int | memoryview

    @property
    def whole(self) -> int:
        """Its value where it must be a number; int64 fields may be negative."""
        if isinstance(self.value, memoryview):
            raise NotProtobufError
        return self.value - (1 << 64) if self.value >> 63 else self.value

    @property
    def content(self) -> memoryview:
        """Its value where it must be a text or another message."""
        if isinstance(self.value, int):
            raise NotProtobufError
        return self.value

    @property
    def text(self) -> str:
        """Its value where it must be a text."""
        return str(self.content, "utf-8", "replace")


def fields(message: memoryview) -> Iterator[Field]:
    """The fields of a message as they come; long ones are passed over without being read."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if not number:
            raise NotProtobufError
        if kind == VARINT:
            value, at = _varint(message, at)
            yield Field(number, value)
            continue
        size, at = _size(message, kind, at)
        if at + size > len(message):
            raise CutShortError
        yield Field(number, message[at : at + size])
        at += size


def _size(message: memoryview, kind: int, at: int) -> tuple[int, int]:
    if kind == LENGTH:
        return _varint(message, at)
    if kind == EIGHT_BYTES:
        return 8, at
    if kind == FOUR_BYTES:
        return 4, at
    raise NotProtobufError


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number, and where the next byte after it is."""
    value = 0
    for place in range(LONGEST_VARINT):
        if at + place >= len(message):
            raise CutShortError
        byte = message[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004 - its highest bit says that more follows
            return value, at + place + 1
    raise NotProtobufError
