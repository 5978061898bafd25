"""The form in which an answer leaves the process: JSON, believed only after it is validated."""

import time
from functools import lru_cache
from typing import Generic, NamedTuple

from pydantic import Field, ValidationError
from pydantic_core import to_json

from inference.contract import A, Document, Level, ModelRef, Tier
from inference.ladder import Answered, How


class Stored(Document, Generic[A]):
    """An answer of the best rung, and how it came about."""

    level: Level
    model: ModelRef | None
    until: float = Field(description="Unix time after which it is too old, in whichever tier.")
    answer: A


class Found(NamedTuple, Generic[A]):
    """An answer that lay somewhere, what of it can be put elsewhere, and for how many seconds."""

    answered: Answered[A]
    form: bytes
    ttl: float


class Form(Generic[A]):
    """Writes and reads the answers of one lane."""

    def __init__(self, answer: type[A]) -> None:
        self._stored = Stored[answer]  # type: ignore[valid-type]  # a lane's own type, known at run time

    def write(self, answered: Answered[A], until: float) -> bytes | None:
        """The answer's form; none where it is no JSON, of which its reader will be told."""
        how = answered.how
        document = {
            "level": how.level,
            "model": how.model,
            "until": until,
            "answer": answered.answer,
        }
        try:
            return to_json(document)
        except ValueError:
            return None

    def read(self, form: bytes, fingerprint: str, tier: Tier) -> Found[A] | None:
        """The answer in it; none where it is damaged, of another kind, or too old."""
        try:
            stored = self._stored.model_validate_json(form)
        except ValidationError:
            return None
        ttl = stored.until - time.time()
        if ttl <= 0:
            return None
        how = kept(stored.level, stored.model, fingerprint, tier)
        return Found(Answered(stored.answer, how), form, ttl)


@lru_cache(maxsize=256)
def kept(level: Level, model: ModelRef | None, fingerprint: str, tier: Tier) -> How:
    """How an answer came about that lay in a tier: one object for all that are alike."""
    return How(level, False, model, fingerprint, tier)  # noqa: FBT003 - a tuple's fields
