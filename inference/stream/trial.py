"""Suspected records are tried in a child process: it dies, or is killed, in place of the worker."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence

import structlog
from pydantic import BaseModel, ConfigDict

from inference import metrics
from inference.contract import Arrival, Departure, Reason, Rejection
from inference.departures import Departures
from inference.errors import Fatal
from inference.journey import Trip
from inference.ladder import Waits

log = structlog.get_logger(__name__)

PREFIX = 4
START_LIMIT = 60.0
STARTS = 3
ALONE = 2
STAGE = "trial"


class Question(BaseModel):
    """What the child is asked to carry."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    arrivals: list[Arrival]


class Reply(BaseModel):
    """What became of it, or why nobody can answer now."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    departures: list[Departure] = []
    stages: dict[str, float] = {}
    waits: str | None = None


class Trial:
    """Carries batches like a journey does, only safely; one at a time."""

    def __init__(self, lane: str, departures: Departures, limit: float) -> None:
        self._lane, self._departures, self._limit = lane, departures, limit
        self._child: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def travel(self, arrivals: Sequence[Arrival], given_up: Callable[[], bool]) -> Trip:
        """One outcome per arrival; a record that kills the child twice alone is poison.

        Ends early, with nothing, when somebody else has taken the records over.
        """
        async with self._lock:
            trip = await self._ask(arrivals)
            if trip is not None:
                return trip
            left = ALONE - (len(arrivals) == 1)
            # Not by halves: alone, a record is guilty or innocent at once; a hang costs its limit.
            return Trip([d async for d in self._one_by_one(arrivals, left, given_up)], {})

    async def close(self) -> None:
        """Ends the child."""
        if self._child is not None:
            await self._end(self._child)

    async def _one_by_one(
        self, arrivals: Sequence[Arrival], times: int, given_up: Callable[[], bool]
    ) -> AsyncIterator[Departure | Waits]:
        for arrival in arrivals:
            if given_up():
                return
            yield await self._alone(arrival, times)

    async def _alone(self, arrival: Arrival, times: int) -> Departure | Waits:
        for _ in range(times):
            trip = await self._ask([arrival])
            if trip is not None:
                return trip.outcomes[0]
        return self._poison(arrival)

    def _poison(self, arrival: Arrival) -> Departure:
        log.error(
            "poison record found",
            topic=arrival.topic,
            partition=arrival.partition,
            offset=arrival.offset,
        )
        detail = f"it ended the process that tried it alone, {ALONE} times"
        rejection = Rejection(Reason.POISON, STAGE, detail, ALONE)
        return self._departures.dead_letter(arrival, rejection)

    async def _ask(self, arrivals: Sequence[Arrival]) -> Trip | None:
        """None when the child died of it, or had to be killed."""
        child = self._child or await self._start()
        try:
            async with asyncio.timeout(self._limit):
                await send(child.stdin, Question(arrivals=list(arrivals)))
                reply = Reply.model_validate_json(await receive(child.stdout))
        except (TimeoutError, EOFError, ConnectionError) as error:
            await self._end(child)
            outcome = "killed" if isinstance(error, TimeoutError) else "died"
            metrics.TRIALS.labels(self._lane, outcome).inc()
            log.warning("trial failed", outcome=outcome, records=len(arrivals))
            return None
        metrics.TRIALS.labels(self._lane, "answered").inc()
        if reply.waits is not None:
            return Trip([Waits(reply.waits)] * len(arrivals), {})
        return Trip([*_with_arrivals(reply.departures, arrivals)], reply.stages)

    async def _start(self) -> asyncio.subprocess.Process:
        """A child that has opened the lane; its records are not to blame before that."""
        for _ in range(STARTS):
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "inference",
                "trial",
                self._lane,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**26,
            )
            try:
                async with asyncio.timeout(START_LIMIT):
                    await receive(child.stdout)
            except (TimeoutError, EOFError, ConnectionError):
                await self._end(child)
                continue
            self._child = child
            return child
        message = "the child process for suspected records does not start"
        raise Fatal(message)

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        self._child = None
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
        await child.wait()


def _with_arrivals(departures: Sequence[Departure], arrivals: Sequence[Arrival]) -> list[Departure]:
    return [d._replace(arrival=a) for d, a in zip(departures, arrivals, strict=True)]


async def send(to: asyncio.StreamWriter | None, message: BaseModel) -> None:
    """Writes one message with its length before it."""
    assert to is not None
    data = message.model_dump_json().encode()
    to.write(len(data).to_bytes(PREFIX) + data)
    await to.drain()


async def receive(source: asyncio.StreamReader | None) -> bytes:
    """Reads one message; EOFError when the other side is gone."""
    assert source is not None
    size = int.from_bytes(await source.readexactly(PREFIX))
    return await source.readexactly(size)
