"""The name of an answer: a digest of all that it depends on."""

import hashlib
from functools import lru_cache


def key(lane: str, version: int, fingerprint: str, content: bytes) -> str:
    """SHA-256 over lane, contract version, model and options, and the content, in hexadecimal."""
    digest = _asked(lane, version, fingerprint).copy()
    digest.update(content)
    return digest.hexdigest()


@lru_cache(maxsize=256)  # lanes are few, and models do not change often
def _asked(lane: str, version: int, fingerprint: str) -> "hashlib._Hash":
    """What all questions to one model share; lengths first, so that no two are alike."""
    digest = hashlib.sha256()
    for part in (lane.encode(), str(version).encode(), fingerprint.encode()):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest
