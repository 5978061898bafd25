import asyncio

import pytest
from fastapi import FastAPI, Request

from inference.web.intake import INTAKE, ROOM
from inference.web.serving import serving

MIB = 1024 * 1024
SIZE = 30 * MIB
HEAD = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {SIZE}\r\n\r\n".encode()


class Looking:
    """A service that looks at what there is of a body before it reads it."""

    def __init__(self) -> None:
        self.app, self.begun, self.proceed = FastAPI(), asyncio.Event(), asyncio.Event()
        self.unread = 0
        self.app.add_api_route("/", self.take, methods=["POST"])

    async def take(self, request: Request) -> int:
        self.begun.set()
        await self.proceed.wait()
        self.unread = request.scope["state"][INTAKE].unread
        return len(await request.body())


async def send(port: int, looking: Looking) -> bytes:
    """The whole body; the service goes on when the sender is held back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"x" * SIZE)
    await looking.begun.wait()
    before = SIZE
    while (left := writer.transport.get_write_buffer_size()) < before:
        before = left
        await asyncio.sleep(0.2)
    assert left > 0
    looking.proceed.set()
    head = await reader.readuntil(b"\r\n\r\n")
    answer = head + await reader.readuntil(str(SIZE).encode())
    writer.close()
    return answer


@pytest.mark.timeout(30)
async def test_no_more_of_a_body_is_read_than_somebody_has_asked_for() -> None:
    looking = Looking()
    async with serving(looking.app, "127.0.0.1", 0) as port:
        answer = await send(port, looking)
    assert b" 200 " in answer
    assert looking.unread <= ROOM
