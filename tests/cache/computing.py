"""A ladder whose answers can be told apart, and that does what a test asks of it."""

import asyncio
from collections.abc import Sequence

from inference.cache.tiers import Cached
from inference.contract import Content, Contract, Document, Level, ModelRef, Reason, Rejection
from inference.ladder import Answered, How

MODEL = ModelRef(name="reverser", version="1", digest="ab" * 32)


class Reversed(Document):
    """What was asked, backwards."""

    text: str


def read(content: Content) -> bytes:
    return content.data


CONTRACT = Contract(
    lane="reverse", answer=Reversed, read=read, content_types=("text/plain",), max_bytes=1000
)


class Reverser:
    """Counts what it computes. Questions that begin with `!` are refused, with `?` it fails on."""

    def __init__(self, level: Level = Level.FULL) -> None:
        self.fingerprint = "one"
        self.level = level
        self.computed: list[bytes] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.raises: Exception | None = None

    async def answer(self, questions: Sequence[bytes]) -> list[Answered[Reversed] | Rejection]:
        fingerprint = self.fingerprint
        self.computed += questions
        await self.gate.wait()
        if self.raises is not None:
            raise self.raises
        how = How(self.level, self.level is not Level.FULL, MODEL, fingerprint)
        return [self._answer(question, how) for question in questions]

    def _answer(self, question: bytes, how: How) -> Answered[Reversed] | Rejection:
        if question.startswith(b"!"):
            return Rejection(Reason.REFUSED, "full", "it begins so")
        if question.startswith(b"?"):
            return Rejection(Reason.DEFECT, "full", "it fails")
        return Answered(Reversed(text=question.decode()[::-1]), how)


# Named once, for tests.
ReverseCache = Cached[bytes, Reversed]


def texts(outcomes: Sequence[Answered[Reversed] | Rejection]) -> list[str]:
    """The answers' texts; a rejection's reason."""
    return [o.reason if isinstance(o, Rejection) else o.answer.text for o in outcomes]


def tiers(outcomes: Sequence[Answered[Reversed] | Rejection]) -> list[str | None]:
    """Where each answer lay."""
    return [o.reason if isinstance(o, Rejection) else o.how.cached for o in outcomes]


def hows(outcomes: Sequence[Answered[Reversed] | Rejection]) -> list[How]:
    """How the answers came about."""
    return [outcome.how for outcome in outcomes if isinstance(outcome, Answered)]
