"""What bytes are, by how they begin; where that says nothing, by the name they came under."""

import mimetypes

# What senders and browsers write when they do not know.
UNKNOWN = frozenset({None, "application/octet-stream", "application/x-www-form-urlencoded"})

_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def known(said: str | None, data: bytes, name: str | None = None) -> str | None:
    """The type that was said, unless nothing was: then the type that the bytes or name show."""
    return guess(data, name) if said in UNKNOWN else said


def guess(data: bytes, name: str | None = None) -> str | None:
    """The content type of these bytes, or None."""
    for beginning, content_type in _BEGINNINGS:
        if data.startswith(beginning):
            return content_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if name is not None and (named := mimetypes.guess_type(name)[0]) is not None:
        return named
    return "application/json" if data.lstrip()[:1] in {b"{", b"["} else None
