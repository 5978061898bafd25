"""Opens the echo lane; see the package's docstring for the words that make it misbehave."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from echo_lane.contract import CONTRACT, Echo
from inference.contract import Level, ModelRef, Reason, Rejection
from inference.errors import Transient
from inference.lane import BatchPolicy, Lane, Rung


class Parrot:
    """The only rung."""

    level = Level.FULL
    model: ModelRef | None = None

    def __init__(self) -> None:
        self.tries: dict[str, int] = {}

    async def answer(self, questions: Sequence[str]) -> list[Echo | Rejection]:
        """What was said, unless a word says otherwise."""
        return [
            Echo(text=said) if said[:1] != "!" else await self._misbehave(said)
            for said in questions
        ]

    async def _misbehave(self, said: str) -> Echo | Rejection:
        word = said[1:].split(" ")[0]
        if word == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "hang":
            await asyncio.to_thread(threading.Event().wait)
        if word == "block":
            threading.Event().wait()
        if word == "fail":
            raise RuntimeError(said)
        if word == "flaky":
            self.tries[said] = self.tries.get(said, 0) + 1
            if self.tries[said] % 2:
                raise Transient(said)
        if word == "refuse":
            return Rejection(Reason.REFUSED, "full", "it asked to be refused")
        if word == "slow":
            await asyncio.sleep(float(said.split(" ")[1]))
        return Echo(text=said)


@asynccontextmanager
async def open_lane(_workers: int) -> AsyncIterator[Sequence[Rung[str, Echo]]]:
    """One parrot."""
    yield [Parrot()]


LANE = Lane(contract=CONTRACT, open=open_lane, policy=BatchPolicy(cap=512))
