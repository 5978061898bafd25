"""Contents that come as text inside JSON: base64, or a data URL that also says its type."""

import base64
import binascii
import re
import string

from inference.contract import Content, Reason, Rejection

STAGE = "read"
_PREFIX = "data:"
_DATA_URL = re.compile(r"data:([a-zA-Z0-9.+-]+/[a-zA-Z0-9.+-]+)?(;[a-zA-Z0-9=.+-]+)*;base64,")
_BLANK = string.whitespace.encode()
# Longer than any prefix that makes sense.
_LOOKED_AT = 200

URL = "a data URL begins like data:image/jpeg;base64, and goes on with base64"
BASE64 = "the content is not base64"


def decoded(text: str, said: str | None = None) -> Content | Rejection:
    """The bytes in a text, and their type where the text or somebody says it."""
    if text[: len(_PREFIX)].lower() != _PREFIX:
        return _bytes(text, said)
    begins = _DATA_URL.match(text[:_LOOKED_AT])
    if begins is None:
        return Rejection(Reason.MALFORMED, STAGE, URL)
    return _bytes(text[begins.end() :], begins.group(1) or said)


def _bytes(text: str, said: str | None) -> Content | Rejection:
    """Line breaks are part of how many tools write base64; anything else is a mistake."""
    try:
        written = text.encode("ascii").translate(None, _BLANK)
        return Content(base64.b64decode(written, validate=True), said)
    except (binascii.Error, ValueError):
        return Rejection(Reason.MALFORMED, STAGE, BASE64)
