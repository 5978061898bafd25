"""READ FIRST: a batch of arrivals becomes one departure each, in order. No Kafka, no model, no HTTP.

arrivals -> read (envelope, then the lane's own reading) -> ladder -> departures
              |                                               |
              +--------- a Rejection becomes a dead letter ---+
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple

from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import A, Arrival, Contract, Departure, Q, Reason, Rejection
from inference.departures import Departures
from inference.isolation import isolate
from inference.ladder import Answered

READ, ANSWER, WAITING = "read", "answer", "waiting"

Answering = Callable[[Sequence[Q]], Awaitable[Sequence[Answered[A] | Rejection]]]


class Understood(NamedTuple, Generic[Q]):
    """Who asked, and the question."""

    envelope: Envelope
    question: Q


class Trip(NamedTuple):
    """What a batch became, and the seconds that each stage took."""

    departures: list[Departure]
    stages: dict[str, float]


@dataclass(frozen=True)
class Journey(Generic[Q, A]):
    """The way of a batch through one lane; `answer` is the lane's ladder."""

    contract: Contract[Q, A]
    answer: Answering[Q, A]
    departures: Departures

    async def travel(self, arrivals: Sequence[Arrival]) -> Trip:
        """One departure per arrival, in order: a result, or a dead letter that says why not."""
        taken, started = time.time(), time.perf_counter()
        readings = await isolate(READ, self._read, arrivals)
        read = time.perf_counter()
        questions = [r.question for r in readings if isinstance(r, Understood)]
        answers = iter(await self.answer(questions) if questions else ())
        stages = {READ: read - started, ANSWER: time.perf_counter() - read}
        departures = []
        for arrival, reading in zip(arrivals, readings, strict=True):
            outcome = next(answers) if isinstance(reading, Understood) else reading
            departures.append(self._depart(arrival, reading, outcome, taken, stages))
        return Trip(departures, stages)

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
        return question if isinstance(question, Rejection) else Understood(envelope, question)

    def _depart(
        self,
        arrival: Arrival,
        reading: Understood[Q] | Rejection,
        outcome: Answered[A] | Rejection,
        taken: float,
        stages: dict[str, float],
    ) -> Departure:
        if isinstance(reading, Rejection) or isinstance(outcome, Rejection):
            rejection = reading if isinstance(reading, Rejection) else outcome
            assert isinstance(rejection, Rejection)
            return self.departures.dead_letter(arrival, rejection)
        waited = max(0.0, taken - arrival.timestamp / 1000)
        return self.departures.result(
            arrival, reading.envelope, outcome, {WAITING: waited, **stages}
        )
