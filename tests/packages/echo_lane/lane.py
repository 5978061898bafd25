"""Opens the echo lane; see the package's docstring for the words that make it misbehave."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from echo_lane.contract import CONTRACT, Echo
from inference.contract import Level, ModelRef, Reason, Rejection
from inference.errors import Transient
from inference.lane import BatchPolicy, Caps, Lane, Rung

Word = Callable[["Parrot", str], Awaitable[Echo | Rejection]]


class Parrot:
    """The only rung."""

    level = Level.FULL
    model: ModelRef | None = None
    fingerprint = "parrot"
    caps: Caps | None = None

    def __init__(self) -> None:
        self._failed: set[str] = set()

    async def answer(self, questions: Sequence[str]) -> list[Echo | Rejection]:
        """What was said, unless a word says otherwise."""
        self._flake({said for said in questions if said.startswith("!flaky")})
        return [
            Echo(text=said) if said[:1] != "!" else await self._misbehave(said)
            for said in questions
        ]

    def _flake(self, flaky: set[str]) -> None:
        """Fails when it sees them first, and then once more the next time."""
        first = flaky - self._failed
        self._failed = (self._failed | first) - (flaky - first)
        if first:
            self._failed |= flaky
            raise Transient

    async def _misbehave(self, said: str) -> Echo | Rejection:
        word = WORDS.get(said[1:].split(" ", maxsplit=1)[0])
        return Echo(text=said) if word is None else await word(self, said)


async def _die(_parrot: Parrot, said: str) -> Echo:
    os.kill(os.getpid(), signal.SIGKILL)
    return Echo(text=said)


async def _hang(_parrot: Parrot, said: str) -> Echo:
    await asyncio.to_thread(threading.Event().wait)
    return Echo(text=said)


async def _block(_parrot: Parrot, said: str) -> Echo:
    threading.Event().wait()
    return Echo(text=said)


async def _fail(_parrot: Parrot, said: str) -> Echo:
    raise RuntimeError(said)


async def _refuse(_parrot: Parrot, _said: str) -> Rejection:
    return Rejection(Reason.REFUSED, "full", "it asked to be refused")


async def _slow(_parrot: Parrot, said: str) -> Echo:
    await asyncio.sleep(float(said.split(" ")[1]))
    return Echo(text=said)


WORDS: dict[str, Word] = {
    "die": _die,
    "hang": _hang,
    "block": _block,
    "fail": _fail,
    "refuse": _refuse,
    "slow": _slow,
}


@asynccontextmanager
async def open_lane(_workers: int) -> AsyncIterator[Sequence[Rung[str, Echo]]]:
    """One parrot."""
    yield [Parrot()]


LANE = Lane(contract=CONTRACT, open=open_lane, policy=BatchPolicy(cap=512))
