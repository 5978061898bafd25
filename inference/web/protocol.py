"""How connections are spoken to before there is a request: heads in time, faults as problems."""

import asyncio
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from inference.web.problems import respond

HEAD_TIMEOUT = 10.0
_NO_REQUEST = "What came is no HTTP request, or its head is too large."
_TOO_SLOW = "The head of the request took too long."


class Protocol(H11Protocol):
    """uvicorn's, which would wait for a head for ever and answers nonsense in plain text."""

    head_timeout = HEAD_TIMEOUT
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there: now a head must come."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Part of a head, or of what follows one."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong, in the form in which everything is said, and close."""
        status = HTTPStatus.REQUEST_TIMEOUT if msg == _TOO_SLOW else HTTPStatus.BAD_REQUEST
        answer = respond(status, msg if msg == _TOO_SLOW else _NO_REQUEST)
        headers = [*answer.raw_headers, (b"connection", b"close")]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            events = (
                h11.Response(status_code=status, headers=headers, reason=status.phrase.encode()),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            )
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()

    def _watch(self) -> None:
        """The clock runs as long as a head is incomplete, however often a byte of it comes."""
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._clock is None:
            self._clock = self.loop.call_later(self.head_timeout, self._give_up)

    def _give_up(self) -> None:
        self._clock = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.send_400_response(_TOO_SLOW)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
