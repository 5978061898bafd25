"""The body of one request, on its way in: not larger and not slower than it may be."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from inference.web.bodies import too_large
from inference.web.intake import INTAKE, Intake
from inference.web.problems import Problem

DISCONNECT = "http.disconnect"
# So much of a body that nobody reads is let pass, for the sake of the connection.
_IN_PASSING = 64 * 1024


class Incoming:
    """Takes the place of `receive`."""

    def __init__(self, scope: Scope, receive: Receive, most: int, timeout: float) -> None:
        head = Headers(scope=scope)
        self._receive, self._most, self._timeout = receive, most, timeout
        self._intake: Intake | None = scope.get("state", {}).get(INTAKE)
        self._until = asyncio.get_running_loop().time() + timeout
        self.announced = _announced(head)
        self.came = 0
        self.ended = self.announced == 0
        # Such a sender sends nothing before the body is asked for.
        self.waits = head.get("expect", "").lower() == "100-continue"
        self.late = False
        self.when_come: Callable[[int], None] | None = None
        self.when_whole: Callable[[int], None] | None = None
        self._limited = True

    async def receive(self) -> Message:
        """The next part; a problem as soon as it is too much, or has taken too long."""
        if self.ended:
            return await self._receive()
        self.waits = False
        if not self._limited:
            return await self._part()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._part()
        except TimeoutError as error:
            self.late = True
            raise _too_slow(self._timeout) from error
        if self.came > self._most:
            raise too_large(self._most)
        return message

    async def hear_out(self, most: int) -> None:
        """Let what is still coming come, and throw it away; no more than that."""
        if self._intake is not None:
            rest = most if self.announced is None else self.announced - self.came
            await self._intake.hear_out(min(most, rest))

    def give_up(self) -> None:
        """Whoever still sends is not waited for."""
        self.late = True

    def relax(self) -> None:
        """The answer has begun: nothing can be refused any more."""
        self._limited = False

    @property
    def unread(self) -> bool:
        """Whether more of it is to come than can be let pass."""
        if self.ended:
            return False
        rest = None if self.announced is None else self.announced - self.came
        return self.late or self.waits or rest is None or rest > _IN_PASSING

    async def _part(self) -> Message:
        message = await self._receive()
        self.came += len(message.get("body", b""))
        self.ended = message["type"] == DISCONNECT or not message.get("more_body", False)
        if self.when_come is not None and self._limited:
            self.when_come(self.came)
        if self.ended and self.when_whole is not None:
            self.when_whole(self.came)
        return message


def _announced(head: Headers) -> int | None:
    """The size that a sender announces; None where it only says that something comes."""
    if "transfer-encoding" in head:
        return None
    length = head.get("content-length", "0")
    # The server has refused what is no number; whatever it lets through counts as unknown.
    return int(length) if length.isascii() and length.isdecimal() else None


def _too_slow(seconds: float) -> Problem:
    detail = f"The body had not come after {seconds:g} s."
    return Problem(HTTPStatus.REQUEST_TIMEOUT, "Body too slow", detail)
