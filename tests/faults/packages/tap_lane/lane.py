"""Opens the lane; what shuts it off is in the package's docstring."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic_settings import BaseSettings

from echo_lane.contract import Echo
from echo_lane.lane import Parrot
from inference.contract import Rejection
from inference.errors import Fatal, Unavailable
from inference.lane import BatchPolicy, Lane, Rung, Sameness
from tap_lane.contract import CONTRACT


class TapSettings(BaseSettings):
    """Where the tap is."""

    tap_shut: Path


class Tap(Parrot):
    """Says what was said, while it is open."""

    def __init__(self, shut: Path) -> None:
        super().__init__()
        self._shut = shut

    async def answer(self, questions: Sequence[str]) -> list[Echo | Rejection]:
        if self._shut.exists():
            message = "the tap is shut"
            raise Fatal(message) if self._shut.read_text() == "for good" else Unavailable(message)
        return await super().answer(questions)


@asynccontextmanager
async def open_lane(_workers: int) -> AsyncIterator[Sequence[Rung[str, Echo]]]:
    yield [Tap(TapSettings().tap_shut)]


LANE = Lane(
    contract=CONTRACT, open=open_lane, policy=BatchPolicy(cap=16), sameness=Sameness(str.encode)
)
