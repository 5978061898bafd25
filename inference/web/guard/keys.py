"""API keys: made at random, kept as hashes, compared in constant time."""

import hmac
import json
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.errors import Misconfigured
from inference.web.guard.scopes import ALL, Scope

_PREFIX = "pst_"  # so that scanners for leaked secrets can know one
_BYTES = 32
HOW = "python -m inference keys new --name NAME --scopes read,write"


class KeyLine(BaseModel):
    """One line of the file of keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=64, pattern=r"^[\w.@-]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    scopes: frozenset[Scope] = Field(min_length=1)


_NAMES = {*KeyLine.model_fields, "JSON"}


class Caller(NamedTuple):
    """Who asks."""

    name: str
    scopes: frozenset[Scope]


# Whoever asks a service that only this machine can reach; and who has no key where one is needed.
# No key can have such a name.
NEIGHBOUR = Caller("(localhost)", ALL)
STRANGER = Caller("(nobody)", frozenset())


class Keys:
    """The keys that are known."""

    def __init__(self, lines: list[KeyLine]) -> None:
        self._known = [
            (bytes.fromhex(line.sha256), Caller(line.name, line.scopes)) for line in lines
        ]

    def holder(self, key: bytes) -> Caller:
        """Whose key that is."""
        digest, found = sha256(key).digest(), STRANGER
        # Every one is looked at, whichever it is: the time tells nothing about the others.
        for known, caller in self._known:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def made(name: str, scopes: frozenset[Scope]) -> tuple[str, str]:
    """A new key, and the line about it for the file."""
    key = _PREFIX + secrets.token_urlsafe(_BYTES)
    # A plain SHA-256 is enough, though it would not be for a password: nobody guesses 256 random
    # bits, however fast the hash; and a slow one would cost every request.
    line = KeyLine(name=name, sha256=sha256(key.encode()).hexdigest(), scopes=scopes)
    document = line.model_dump(mode="json") | {"scopes": sorted(line.scopes)}
    return key, json.dumps(document)


def read(path: Path) -> Keys:
    """The keys in that file, or one line about what is wrong with it."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        message = f"API_KEYS_FILE cannot be read ({type(error).__name__}): {path}"
        raise Misconfigured(message) from error
    lines = list(_lines(text))
    if not lines:
        message = f"there is no key in API_KEYS_FILE; make one: {HOW}"
        raise Misconfigured(message)
    if len({line.name for line in lines}) < len(lines):
        message = "two keys in API_KEYS_FILE have the same name; give each its own"
        raise Misconfigured(message)
    return Keys(lines)


def _lines(text: str) -> Iterator[KeyLine]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            yield KeyLine.model_validate_json(line)
        except ValidationError as error:
            # Nothing of the line itself: somebody may have put the key there.
            named = {str(fault["loc"][0]) if fault["loc"] else "JSON" for fault in error.errors()}
            wrong = ", ".join(sorted(named & _NAMES)) or "unknown field"
            message = (
                f"line {number} of API_KEYS_FILE is wrong ({wrong}); each is as this prints it: "
                f"{HOW}"
            )
            raise Misconfigured(message) from None
