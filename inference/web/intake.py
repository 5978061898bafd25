"""How bytes come in: little at a time, and no more of a body than somebody has asked for.

The same room is read into again and again, for all connections of a server: what hundreds of them
send at once is neither held nor gone through before it is wanted.
"""

import asyncio
from typing import Any, cast

from inference.web.protocol import Protocol

ROOM = 64 * 1024
# Under this name a request's state has the connection that it came by.
INTAKE = "intake"
# How a body ends that did not say its size.
_LAST_CHUNK = b"0\r\n\r\n"


class Intake(asyncio.BufferedProtocol):
    """Stands between a connection and what speaks HTTP on it."""

    def __init__(self, room: bytearray, app_state: dict[str, Any], **server: Any) -> None:  # noqa: ANN401 - uvicorn's own
        self._speaker = Protocol(app_state={**app_state, INTAKE: self}, **server)
        self._room = memoryview(room)
        self._heard = asyncio.Event()
        self._left: int | None = None
        self._tail = b""

    @property
    def unread(self) -> int:
        """Bytes of a body that have come and that nobody has asked for."""
        return self._speaker.unread

    async def hear_out(self, most: int) -> None:
        """Throw away what comes, until it ends or that much of the body has come."""
        self._left = most - self.unread
        if self._speaker.whole or self._left <= 0:
            return
        self._speaker.flow.resume_reading()
        await self._heard.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        self._speaker.connection_made(cast("asyncio.Transport", transport))

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - as asyncio has it
        """Where the next bytes are put."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """So many have come."""
        data = bytes(self._room[:nbytes])
        if self._left is None:
            self._speaker.data_received(data)
            self._speaker.hold()
            return
        self._left -= nbytes
        self._tail = (self._tail + data[-len(_LAST_CHUNK) :])[-len(_LAST_CHUNK) :]
        if self._left <= 0 or self._tail == _LAST_CHUNK:
            self._heard.set()

    def eof_received(self) -> None:
        """No more will come."""
        self._heard.set()
        self._speaker.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._heard.set()
        self._speaker.connection_lost(exc)

    def pause_writing(self) -> None:
        """The other side does not read."""
        self._speaker.pause_writing()

    def resume_writing(self) -> None:
        """It does again."""
        self._speaker.resume_writing()
