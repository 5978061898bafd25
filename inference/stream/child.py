"""The child process that tries suspected records: it may die of them, nobody else does."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from inference.journey import Journey
from inference.lane import Lane
from inference.opening import Means, open_lane
from inference.stream.trial import Question, Reply, receive, send

PR_SET_PDEATHSIG = 1


async def serve_trials(lane: Lane[Any, Any], group: str, means: Means) -> None:
    """Says that it is ready, then answers questions until its parent closes the pipe."""
    _go_first()
    questions, replies = await _pipes()
    alone = replace(lane, policy=lane.policy.bounded(at_once=1))
    async with open_lane(alone, group, means) as opened:
        await send(replies, Reply())
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                question = Question.model_validate_json(await receive(questions))
                await send(replies, await _reply(opened.journey, question))


async def _reply(journey: Journey[Any, Any], question: Question) -> Reply:
    trip = await journey.travel(question.arrivals)
    if trip.waits is not None:
        return Reply(waits=trip.waits.why)
    # The parent has the arrivals: they need not travel back.
    bare = [d._replace(arrival=d.arrival._replace(value=None, headers=[])) for d in trip.departures]
    return Reply(departures=bare, stages=trip.stages)


async def _pipes() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Standard input and output as streams; what others print goes to standard error."""
    loop = asyncio.get_running_loop()
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    reader = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.streams.FlowControlMixin(loop=loop), replies
    )
    return reader, asyncio.StreamWriter(transport, protocol, None, loop)


def _go_first() -> None:
    """Gone with its parent, first to go when memory runs out; signals are its parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
