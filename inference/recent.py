"""The latest questions and their best answers, so that a new model can be tried on them."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic

from inference.contract import A, Level, Q
from inference.ladder import Answered, Outcome

MOST = 64
MOST_BYTES = 32 * 1024 * 1024


class Recent(Generic[Q, A]):
    """The last few, bounded by number and by bytes; `size` None remembers nothing."""

    def __init__(self, size: Callable[[Q], int] | None) -> None:
        self._size = size
        self._kept: deque[tuple[Q, A]] = deque()
        self._bytes = 0

    def remember(self, questions: Sequence[Q], outcomes: Sequence[Outcome[A]]) -> None:
        """Keeps what the best rung answered."""
        if self._size is None:
            return
        for question, outcome in zip(questions, outcomes, strict=True):
            if isinstance(outcome, Answered) and outcome.how.level is Level.FULL:
                self._kept.append((question, outcome.answer))
                self._bytes += self._size(question)
        while len(self._kept) > MOST or (self._bytes > MOST_BYTES and len(self._kept) > 1):
            self._bytes -= self._size(self._kept.popleft()[0])

    def pairs(self) -> list[tuple[Q, A]]:
        """Questions with their answers, oldest first."""
        return list(self._kept)
