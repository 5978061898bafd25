"""Tells all other processes what this one was told over HTTP."""

from collections.abc import Awaitable, Callable

from inference.control import Command
from inference.posts.station import Station

# Whether it was published; None where there is nowhere to publish it.
Announce = Callable[[Command], Awaitable[bool | None]]


async def nobody(_command: Command) -> None:
    """There is nobody to tell."""


def announcing(station: Station, tell: Callable[[Command], Awaitable[bool]]) -> Announce:
    """Publishes commands, which come back to us like to everybody and are known by then."""

    async def announce(command: Command) -> bool:
        station.knows(command)
        return await tell(command)

    return announce
