"""READ FIRST: a batch of arrivals becomes one departure each, in order. No Kafka, no HTTP.

arrivals -> read (envelope, the lane's own reading, and what its rungs need) -> answer -> write
|                                               |                               |
+--- a Rejection stays in its place, and leaves as a dead letter ---------------+
     what nobody can answer now stays in its place, too: it is asked again
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import A, Arrival, Contract, Departure, Q, Reason, Rejection
from inference.departures import Departures
from inference.isolation import isolate
from inference.ladder import Answered, Outcome, Waits
from inference.results import Results

READ, PREPARE, ANSWER, WRITE = "read", "prepare", "answer", "write"
STOPPED = (Rejection, Waits)

Before = TypeVar("Before")
After = TypeVar("After")
Answering = Callable[[Sequence[Q]], Awaitable[Sequence[Outcome[A]]]]


class Understood(NamedTuple, Generic[Q]):
    """An arrival, who asked, and the question in it."""

    arrival: Arrival
    envelope: Envelope
    question: Q


class Trip(NamedTuple):
    """What became of each arrival of a batch, and the seconds that each stage took."""

    outcomes: list[Departure | Waits]
    stages: dict[str, float]

    @property
    def departures(self) -> list[Departure]:
        """Those that may leave."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, Departure)]

    @property
    def waits(self) -> Waits | None:
        """Why some have to be asked again, if any."""
        return next((one for one in self.outcomes if isinstance(one, Waits)), None)


@dataclass(frozen=True)
class Journey(Generic[Q, A]):
    """The way of a batch through one lane; `answer` is the lane's ladder."""

    contract: Contract[Any, A]
    answer: Answering[Q, A]
    departures: Departures
    prepare: Callable[[Sequence[Any]], Awaitable[Sequence[Q | Rejection]]] | None = None

    async def travel(self, arrivals: Sequence[Arrival]) -> Trip:
        """In order, per arrival: a result, a dead letter that says why not, or that it waits."""
        taken, started = time.time(), time.perf_counter()
        readings = await _onward(self._prepare, await isolate(READ, self._read, arrivals))
        read = time.perf_counter()
        answers = await _onward(self._answer, readings)
        stages = {READ: read - started, ANSWER: time.perf_counter() - read}
        write = partial(_write, self.departures.results(taken, stages))
        written = await _onward(partial(isolate, WRITE, write), answers)
        outcomes = [
            self.departures.dead_letter(arrival, outcome)
            if isinstance(outcome, Rejection)
            else outcome
            for arrival, outcome in zip(arrivals, written, strict=True)
        ]
        return Trip(outcomes, stages)

    async def _read(self, arrivals: Sequence[Arrival]) -> list[Understood[Q] | Rejection]:
        return [self._understand(arrival) for arrival in arrivals]

    def _understand(self, arrival: Arrival) -> Understood[Q] | Rejection:
        envelope = cloudevents.read(arrival)
        if isinstance(envelope, Rejection):
            return envelope
        size, most = len(envelope.content.data), self.contract.max_bytes
        if size > most:
            return Rejection(Reason.REFUSED, READ, f"the value has {size} bytes, at most {most}")
        asked = envelope.type
        if asked and asked != self.contract.request_type and asked.startswith("penstock."):
            return Rejection(Reason.REFUSED, READ, f"this lane takes {self.contract.request_type}")
        question = self.contract.read(envelope.content)
        if isinstance(question, Rejection):
            return question
        return Understood(arrival, envelope, question)

    async def _prepare(
        self, understood: Sequence[Understood[Any]]
    ) -> Sequence[Understood[Q] | Rejection]:
        if self.prepare is None:
            return understood
        questions = await isolate(PREPARE, self.prepare, [u.question for u in understood])
        return [
            question if isinstance(question, Rejection) else asked._replace(question=question)
            for asked, question in zip(understood, questions, strict=True)
        ]

    async def _answer(
        self, understood: Sequence[Understood[Q]]
    ) -> list[tuple[Understood[Q], Answered[A]] | Rejection | Waits]:
        outcomes = await self.answer([u.question for u in understood])
        return [
            (asked, outcome) if isinstance(outcome, Answered) else outcome
            for asked, outcome in zip(understood, outcomes, strict=True)
        ]


async def _write(
    results: Results, answered: Sequence[tuple[Understood[Q], Answered[A]]]
) -> list[Departure | Rejection]:
    return [results.write(asked.arrival, asked.envelope, answer) for asked, answer in answered]


async def _onward(
    step: Callable[[Sequence[Before]], Awaitable[Sequence[After | Rejection | Waits]]],
    outcomes: Sequence[Before | Rejection | Waits],
) -> list[After | Rejection | Waits]:
    """Takes those that are left one step further; what stopped on the way keeps its place."""
    left = [outcome for outcome in outcomes if not isinstance(outcome, STOPPED)]
    done = iter(await step(left) if left else ())
    return [outcome if isinstance(outcome, STOPPED) else next(done) for outcome in outcomes]
