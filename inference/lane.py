"""What a lane is: its contract, how it likes its batches, and how to open its rungs."""

import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from inference.contract import A, Contract, Level, ModelRef, Q, Rejection

Asked_contra = TypeVar("Asked_contra", contravariant=True)
Given_co = TypeVar("Given_co", bound=BaseModel, covariant=True)


class Caps(NamedTuple):
    """Most questions of a batch while answers keep up with them, and with a backlog.

    And most batches at once, where more would only stand in line for somebody else's limits.
    """

    steady: int
    backlog: int
    at_once: int | None = None


class Rung(Protocol[Asked_contra, Given_co]):
    """One way to answer a whole batch.

    It gives one outcome per question, in order. A question whose own input is at fault gets a
    `Rejection`; whatever is raised counts against the rung, not against the questions.
    """

    @property
    def level(self) -> Level:
        """How good its answers are."""
        ...

    @property
    def model(self) -> ModelRef | None:
        """What answers here, if it is a model."""
        ...

    @property
    def fingerprint(self) -> str:
        """All but the question that its answers depend on: the model's digest and the options."""
        ...

    @property
    def caps(self) -> Caps | None:
        """How many questions it likes at once; None leaves it to the lane's policy."""
        ...

    async def answer(self, questions: Sequence[Asked_contra]) -> Sequence[Given_co | Rejection]:
        """Answer every question."""
        ...


@runtime_checkable
class Weighed(Protocol):
    """A rung that knows what it takes in memory; a lane's rungs need not."""

    @property
    def memory_bytes(self) -> int:
        """What the process holds because of its model; 0 while that is closed."""
        ...


@dataclass(frozen=True)
class BatchPolicy:
    """How large a batch may grow, and how long it waits to; settings override it.

    A cap that is `fixed` holds whatever a rung likes. So many batches are computed `at_once`.
    """

    cap: int = 64
    bytes: int = 16 * 1024 * 1024
    linger: float = 0.0
    fixed: bool = False
    at_once: int = os.cpu_count() or 1

    def bounded(
        self, cap: int | None = None, most_bytes: int | None = None, at_once: int | None = None
    ) -> "BatchPolicy":
        """With what is set in place of what the lane likes."""
        return replace(
            self,
            cap=cap or self.cap,
            bytes=most_bytes or self.bytes,
            at_once=at_once or self.at_once,
            fixed=self.fixed or cap is not None,
        )

    def caps(self, liked: Caps | None) -> Caps:
        """Most questions of a batch: what the best rung likes, unless it is set."""
        if liked is None:
            return Caps(self.cap, self.cap)
        return liked._replace(steady=self.cap, backlog=self.cap) if self.fixed else liked


@dataclass(frozen=True)
class Succession(Generic[Q, A]):
    """How a new version of a lane's models is held against the old one.

    `unlike` says why the two cannot follow each other, `agree` whether two answers say the same,
    `stamp` changes when something else lies where the models are.
    """

    unlike: Callable[[Rung[Q, A], Rung[Q, A]], str | None]
    agree: Callable[[A, A], bool]
    stamp: Callable[[], object]


@dataclass(frozen=True)
class Sameness(Generic[Q, A]):
    """When an answer serves for another question, too.

    `content` is what of a question its answer depends on: equal ones are answered once. So are
    those that `sketch` shows to be much alike, a MinHash of 32-bit numbers, or None. `adopt` makes
    the answer to another question the answer to this one.
    """

    content: Callable[[Q], bytes]
    sketch: Callable[[Q], Sequence[int] | None] | None = None
    adopt: Callable[[Q, A], A] | None = None


@dataclass(frozen=True)
class Lane(Generic[Q, A]):
    """One kind of work. `open` is given the number of batches that will be computed at once.

    `prepare` makes of what was read the questions that the rungs are asked, for a whole batch.
    Without `sameness`, answers are not kept; without `succession`, whatever opens takes over.
    `floor` is the lowest rung that may answer; where none above it can, the records wait.
    `rung_timeout` is for rungs that can be interrupted; a native call cannot be.
    """

    contract: Contract[Any, A]
    open: Callable[[int], AbstractAsyncContextManager[Sequence[Rung[Q, A]]]]
    policy: BatchPolicy = BatchPolicy()
    prepare: Callable[[Sequence[Any]], Awaitable[Sequence[Q | Rejection]]] | None = None
    sameness: Sameness[Q, A] | None = None
    floor: Level = Level.BASIC
    rung_timeout: float | None = None
    succession: Succession[Q, A] | None = None
