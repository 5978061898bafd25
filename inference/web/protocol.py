"""How connections are spoken to before there is a request: heads in time, faults as problems."""

import asyncio
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from inference.web.problems import respond

HEAD_TIMEOUT = 10.0
LINGER = 1.0
_NO_REQUEST = "What came is no HTTP request, or its head is too large."
_TOO_SLOW = "The head of the request took too long."


class Protocol(H11Protocol):
    """uvicorn's, which would wait for a head for ever and answers nonsense in plain text."""

    head_timeout = HEAD_TIMEOUT
    _clock: asyncio.TimerHandle | None = None
    _left = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there: now a head must come."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Part of a head, or of what follows one."""
        if self._left:
            return
        super().data_received(data)
        self._watch()

    @property
    def whole(self) -> bool:
        """Whether all of the request has come."""
        return self._asking is None or not self._asking.more_body

    @property
    def unread(self) -> int:
        """Bytes of a body that have come and that nobody has asked for."""
        return 0 if self._asking is None else len(self._asking.body)

    def hold(self) -> None:
        """Nothing more of a body is read before somebody asks for what has come."""
        if self.unread and not self.whole and not self.transport.is_closing():
            self.flow.pause_reading()

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
        self._leave()

    def shutdown(self) -> None:
        """The server ends; who has got its answer is not waited for."""
        if self._left:
            self.transport.close()
        else:
            super().shutdown()

    @property
    def _asking(self) -> RequestResponseCycle | None:
        """The request that came last; uvicorn's own type leaves out that there may be none yet."""
        return self.cycle

    def _leave(self) -> None:
        """Closed at once, what is still coming would keep the answer from being read."""
        if self._left or self.transport.is_closing():
            return
        self._left = True
        self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.close)

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
