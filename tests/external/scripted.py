"""A real HTTP server on loopback that answers as it is told to, and remembers who asked what."""

import asyncio
import json
import ssl
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

GOOD = {
    "sentiment": "positive",
    "sentiment_score": 0.7,
    "confidence": 0.9,
    "summary": "Sales rose.",
    "keywords": ["sales"],
    "category": "business",
    "entities": [],
}


class Asked(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    document: dict[str, Any]
    time: float


class Reply(NamedTuple):
    """What a step gives: a whole answer."""

    status: int = 200
    document: Any = None
    headers: Mapping[str, str] = {}
    text: str | None = None

    @property
    def body(self) -> bytes:
        return (json.dumps(self.document) if self.text is None else self.text).encode()

    @property
    def bytes(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Told", f"content-length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


Step = Callable[[Asked, asyncio.StreamWriter], Awaitable[Reply | None]]


class Provider:
    """Answers `usual`, unless something was planned for a word that is in the request."""

    def __init__(self, usual: Step) -> None:
        self.usual, self.url = usual, ""
        self.asked: list[Asked] = []
        self.at_once, self.most_at_once, self.connections = 0, 0, 0
        self._open: set[asyncio.Task[Any]] = set()
        self._planned: defaultdict[str, deque[Step]] = defaultdict(deque)

    def plan(self, word: str, *steps: Step) -> None:
        """For requests with this word, one step each; then as usual."""
        self._planned[word].extend(steps)

    def asked_about(self, word: str) -> int:
        return sum(word in json.dumps(one.document, ensure_ascii=False) for one in self.asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(one := asyncio.ensure_future(self._serve(reader, writer)))
        one.add_done_callback(self._open.discard)
        with suppress(asyncio.CancelledError):
            await one
        writer.close()

    async def let_go(self) -> None:
        """Of every connection."""
        for one in self._open:
            one.cancel()
        if self._open:
            await asyncio.wait(self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while asked := await _read(reader):
                self.asked.append(asked)
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    reply = await self._step(asked)(asked, writer)
                finally:
                    self.at_once -= 1
                if reply is None:
                    break
                writer.write(reply.bytes)
                await writer.drain()

    def _step(self, asked: Asked) -> Step:
        said = json.dumps(asked.document, ensure_ascii=False)
        for word, steps in self._planned.items():
            if word in said and steps:
                return steps.popleft()
        return self.usual


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.split("\r\n")
    pairs = [line.split(": ", 1) for line in lines if line]
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(first.split(" ")[1], headers, json.loads(body), time.monotonic())


@asynccontextmanager
async def serving(usual: Step, tls: ssl.SSLContext | None = None) -> AsyncIterator[Provider]:
    """Up for as long as the block runs; what hangs then is let go of."""
    provider = Provider(usual)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    provider.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
    try:
        yield provider
    finally:
        server.close()
        await provider.let_go()
