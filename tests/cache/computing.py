"""A ladder whose answers can be told apart, and that does what a test asks of it."""

import asyncio
from collections.abc import Sequence

from inference.cache.tiers import Cached
from inference.contract import Content, Contract, Document, Level, ModelRef, Reason, Rejection
from inference.ladder import Answered, How, Outcome, Waits

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
        self.away = False

    async def answer(self, questions: Sequence[bytes]) -> list[Outcome[Reversed]]:
        fingerprint = self.fingerprint
        self.computed += questions
        await self.gate.wait()
        if self.away:
            return [Waits("nobody")] * len(questions)
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


def texts(outcomes: Sequence[Outcome[Reversed]]) -> list[str]:
    """The answers' texts; why there is none, where there is none."""
    return [o.answer.text if isinstance(o, Answered) else _why(o) for o in outcomes]


def tiers(outcomes: Sequence[Outcome[Reversed]]) -> list[str | None]:
    """Where each answer lay."""
    return [o.how.cached if isinstance(o, Answered) else _why(o) for o in outcomes]


def hows(outcomes: Sequence[Outcome[Reversed]]) -> list[How]:
    """How the answers came about."""
    return [outcome.how for outcome in outcomes if isinstance(outcome, Answered)]


def _why(outcome: Rejection | Waits) -> str:
    return "waits" if isinstance(outcome, Waits) else outcome.reason
