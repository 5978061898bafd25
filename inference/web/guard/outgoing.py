"""The answer to one request, on its way out: with the headers that all answers have."""

import time
from collections.abc import Callable, Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from inference.web.guard.incoming import Incoming
from inference.web.guard.leaving import Leaving


class Outgoing:
    """Takes the place of `send`."""

    def __init__(self, send: Send, incoming: Incoming, leaving: Leaving) -> None:
        self._send, self._incoming, self._leaving = send, incoming, leaving
        self._began = time.perf_counter()
        self._closing = False
        self.headers: dict[str, str] = {}
        self.status: int | None = None
        self.seconds: float | None = None
        self.when_begun: Callable[[], None] | None = None
        self.when_ended: Callable[[], None] | None = None

    async def send(self, message: Message) -> None:
        """Pass it on."""
        if message["type"] == "http.response.start":
            self._begin(message)
        if message["type"] != "http.response.body" or message.get("more_body", False):
            await self._send(message)
            return
        self.end()
        if self._closing:
            await self._send({**message, "more_body": True})
            await self._leaving.hear_out(self._incoming)
            message = {"type": "http.response.body"}
        await self._send(message)

    def end(self) -> None:
        """The answer is complete, or there will be none; may be said twice."""
        if self.seconds is None:
            self.seconds = time.perf_counter() - self._began
            if self.when_ended is not None:
                self.when_ended()

    def _begin(self, message: Message) -> None:
        self.status = message["status"]
        if self.when_begun is not None:
            self.when_begun()
        headers = MutableHeaders(raw=list(message.get("headers", ())))
        _add(headers, self.headers)
        self._closing = self._incoming.unread
        if self._closing:
            headers["connection"] = "close"
        message["headers"] = headers.raw


def _add(headers: MutableHeaders, more: Mapping[str, str]) -> None:
    """What a route has said itself stands."""
    for name, value in more.items():
        headers.setdefault(name, value)
