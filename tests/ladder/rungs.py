"""Rungs that do as they are told."""

import asyncio
from collections.abc import Sequence

from inference.contract import Document, Level, ModelRef, Reason, Rejection
from inference.errors import Transient, Unavailable
from inference.lane import Caps


class Said(Document):
    """Who answered, and what."""

    by: str
    text: str


class Rung:
    """Answers, unless its mood or the question's own text says otherwise."""

    caps: Caps | None = None

    def __init__(self, level: Level = Level.FULL, mood: str = "well") -> None:
        self.level, self.mood = level, mood
        self.model = ModelRef(name=level, version="1", digest="0" * 64)
        self.fingerprint = f"{level} 1"
        self.asked: list[list[str]] = []

    async def answer(self, questions: Sequence[str]) -> list[Said | Rejection]:
        """One outcome per question."""
        self.asked.append(list(questions))
        if self.mood == "transient":
            raise Transient
        if self.mood == "broken":
            raise RuntimeError
        if self.mood == "unavailable":
            message = "the tap is shut"
            raise Unavailable(message)
        if self.mood == "slow":
            await asyncio.Event().wait()
        return [self._one(question) for question in questions]

    def _one(self, question: str) -> Said | Rejection:
        if question == "refuse me":
            return Rejection(Reason.REFUSED, self.level, "refused")
        if question == f"{self.level} declines":
            return Rejection(Reason.DECLINED, self.level, "not this one")
        if question == f"not by {self.level}":
            raise ArithmeticError
        return Said(by=self.level, text=question)
