"""One lane over HTTP: concurrent callers share batches, as records do that are ready at once."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from inference.contract import Arrival, Content, Departure, Destination, Reason, Rejection
from inference.departures import DLQ
from inference.errors import Unavailable
from inference.ladder import Waits
from inference.opening import Opened
from inference.serve.statistics import Statistics

# What stands in a result for the place of a question that came over HTTP.
TOPIC = "http"
CONTENT_TYPE = "content-type"


class Question(NamedTuple):
    """A question that waits, and where its caller waits for what becomes of it."""

    arrival: Arrival
    departure: asyncio.Future[Departure]


class Desk:
    """Takes questions one by one and has them answered in batches; never waits for more."""

    def __init__(self, opened: Opened) -> None:
        self.opened, self.statistics = opened, Statistics()
        self._waiting: deque[Question] = deque()
        self._some = asyncio.Event()
        self._numbers = itertools.count()
        self._begun: dict[int, float] = {}

    @property
    def contract(self) -> Any:  # noqa: ANN401 - of any lane
        """The lane's contract."""
        return self.opened.journey.contract

    @property
    def trouble(self) -> str | None:
        """Why nobody can answer now."""
        return self.opened.swap.ladder.trouble

    async def ask(self, content: Content) -> Mapping[str, Any] | Rejection:
        """The result document, or why there is none; `Unavailable` when nobody can answer now."""
        started = time.perf_counter()
        departure = await self._departure(self._arrival(content))
        if departure.destination is Destination.RESULTS:
            document: Mapping[str, Any] = json.loads(departure.value or b"")
            self.statistics.note(time.perf_counter() - started, document)
            return document
        return _rejection(departure)

    async def attend(self) -> None:
        """Answers batch after batch, for ever; several may do so at the same time."""
        while True:
            await self._some.wait()
            batch = self._taken()
            if batch:
                await self._answer(batch)

    async def _departure(self, arrival: Arrival) -> Departure:
        question = Question(arrival, asyncio.get_running_loop().create_future())
        self._waiting.append(question)
        self._some.set()
        try:
            return await question.departure
        except asyncio.CancelledError:
            if question in self._waiting:  # its caller has gone: nothing of it is kept
                self._waiting.remove(question)
            raise

    @property
    def _cap(self) -> int:
        """Where nobody has to wait for a batch to fill up, the larger of the two is right."""
        return self.opened.caps.backlog

    @property
    def waiting(self) -> int:
        """Questions that are not being computed yet."""
        return len(self._waiting)

    def oldest(self) -> float:
        """Age in seconds of the batch that has been computing for longest."""
        return max((time.monotonic() - began for began in self._begun.values()), default=0.0)

    def _taken(self) -> list[Question]:
        """Everything that waits, as much as fits into a batch; whoever has gone is left out."""
        batch: list[Question] = []
        size = 0
        while self._waiting and len(batch) < self._cap:
            size += len(self._waiting[0].arrival.value or b"")
            if batch and size > self.opened.policy.bytes:
                break
            question = self._waiting.popleft()
            if not question.departure.done():
                batch.append(question)
        if not self._waiting:
            self._some.clear()
        return batch

    async def _answer(self, batch: list[Question]) -> None:
        """Whether it is answered or nobody can now, its callers hear of it."""
        trip = asyncio.ensure_future(self.opened.journey.travel([q.arrival for q in batch]))
        self._begun[id(batch)] = time.monotonic()
        await asyncio.wait([trip])
        del self._begun[id(batch)]
        for question, outcome in zip(batch, trip.result().outcomes, strict=True):
            if question.departure.done():
                continue
            if isinstance(outcome, Waits):
                question.departure.set_exception(Unavailable(outcome.why))
            else:
                question.departure.set_result(outcome)

    def _arrival(self, content: Content) -> Arrival:
        headers = [(CONTENT_TYPE, content.type.encode())] if content.type else []
        now = time.time_ns() // 1_000_000
        return Arrival(TOPIC, 0, next(self._numbers), now, None, content.data, headers)


def _rejection(departure: Departure) -> Rejection:
    headers = dict(departure.headers)
    detail, stage = (headers.get(DLQ + name) or b"" for name in ("detail", "stage"))
    return Rejection(departure.reason or Reason.DEFECT, stage.decode(), detail.decode())
