"""What may become of a call other than an answer, drawn by what must happen next.

PenstockError
 +-- Transient
 |    +-- Passing   the same call may succeed a moment later
 +-- Lasting        no call will succeed for a while: the key, the model, the budget
 +-- Unfit          this call never will, others may: its text, or what was made of it

No message quotes what a provider said, which may quote the article or the key.
"""

from enum import StrEnum

from inference.errors import PenstockError, Transient


class Outcome(StrEnum):
    """How a call ended; a closed set, used as a metric label."""

    ANSWERED = "answered"
    LIMITED = "limited"
    SERVER = "server"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    CERTIFICATE = "certificate"
    DENIED = "denied"
    QUOTA = "quota"
    INVALID = "invalid"
    LONG = "long"
    REFUSED = "refused"
    FILTERED = "filtered"
    CUT = "cut"
    SHAPELESS = "shapeless"
    CANCELLED = "cancelled"


# None: our own limits would let it call too late.
_OF_THE_TEXT = {None, Outcome.LONG, Outcome.REFUSED, Outcome.FILTERED}


class Passing(Transient):
    """The same call may succeed; not before `after` seconds, where the provider said so.

    `begun`: the provider may have worked on it, and be paid for that.
    """

    def __init__(
        self, outcome: Outcome, message: str, *, after: float = 0.0, begun: bool = True
    ) -> None:
        super().__init__(message)
        self.outcome, self.after, self.begun = outcome, after, begun


class Lasting(PenstockError):
    """No call will succeed for so many seconds."""

    def __init__(self, outcome: Outcome | None, message: str, seconds: float = 30.0) -> None:
        super().__init__(message)
        self.outcome, self.seconds = outcome, seconds


class Unfit(PenstockError):
    """This call will not succeed however often it is made; `blamed` is what the server named."""

    def __init__(
        self, outcome: Outcome | None, message: str, blamed: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(message)
        self.outcome, self.blamed = outcome, blamed

    @property
    def of_the_text(self) -> bool:
        """Whether it says nothing about who was called: it may well answer others."""
        return self.outcome in _OF_THE_TEXT
