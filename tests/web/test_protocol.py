import asyncio
import json

import pytest
from fastapi import FastAPI

from inference.web.protocol import Protocol
from inference.web.serving import serving


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "head_timeout", 0.4)


async def answered(*parts: bytes, pause: float = 0.0) -> tuple[int, dict[str, object]]:
    """Status and document that come for these parts, until the connection is closed."""
    async with serving(FastAPI(), "127.0.0.1", 0) as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        heard = asyncio.create_task(reader.read())
        for part in parts:
            writer.write(part)
            await asyncio.wait([heard], timeout=pause)
        head, _, body = (await heard).rpartition(b"\r\n\r\n")
        writer.close()
    assert b"content-type: application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"good day\r\n\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000,
    ],
)
async def test_what_is_no_request_gets_a_problem(nonsense: bytes) -> None:
    status, document = await answered(nonsense)
    assert (status, document["title"]) == (400, "Bad Request")


async def test_who_says_nothing_is_not_waited_for() -> None:
    status, document = await answered()
    assert (status, document["title"]) == (408, "Request Timeout")


async def test_a_head_that_comes_a_byte_at_a_time_is_not_waited_for() -> None:
    status, _ = await answered(*(b"GET / HTTP/1.1\r\nX-Slow: " + b"x" * 40).split(b" "), pause=0.2)
    assert status == 408


async def test_a_connection_is_kept_for_the_next_request_longer_than_a_head_may_take() -> None:
    app = FastAPI()
    app.add_api_route("/", lambda: "good day")
    async with serving(app, "127.0.0.1", 0) as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await reader.readuntil(b'"good day"')
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.6)
        writer.close()
