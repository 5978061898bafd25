"""Text that every database takes: whatever a sender wrote, no row is ever refused for it."""

import hashlib

# PostgreSQL indexes at most 2,704 bytes of a value; a character takes up to four.
INDEXED = 200
LONGEST = 2_000


def indexed(text: str) -> str:
    """The text as an indexed column holds it; asked for in the same way, it is found again."""
    if len(text) <= INDEXED and text.isprintable():
        return text
    clean = _clean(text)
    if len(clean) <= INDEXED:
        return clean
    digest = hashlib.sha256(clean.encode()).hexdigest()
    return clean[: INDEXED - len(digest)] + digest


def clipped(text: str) -> str:
    """The text as a column that nobody searches holds it."""
    if len(text) <= LONGEST and text.isprintable():
        return text
    return _clean(text[:LONGEST])


def _clean(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and without lone surrogates, which are not UTF-8."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
