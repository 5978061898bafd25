"""Bodies as they come over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from fastapi import Request
from httpx import AsyncClient, TransportError

from inference.web.applications import application
from inference.web.bodies import upload
from inference.web.guard.guard import Guard
from inference.web.guard.scopes import READ, WRITE
from inference.web.guard.settings import GuardSettings
from inference.web.serving import serving

MOST = 100_000
MIB = 1024 * 1024


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    guard = Guard(GuardSettings(), "127.0.0.1")
    app = application("Bodies", "For tests.", dict, dict, guard)

    @app.post("/", dependencies=[WRITE])
    async def take(request: Request) -> list[str | int | None]:
        sent = await upload(request, MOST)
        return [len(sent.data), sent.type, sent.name]

    @app.get("/defect", dependencies=[READ])
    async def defect() -> None:
        message = "blood group AB"
        raise ValueError(message)

    async with (
        serving(app, "127.0.0.1", 0) as port,
        AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield client


async def endless(told: list[int]) -> AsyncIterator[bytes]:
    for number in range(10_000):
        told.append(number)
        yield b"x" * MIB


async def test_a_body_is_read_to_its_limit(client: AsyncClient) -> None:
    headers = {"content-type": "Text/Plain; charset=utf-8"}
    answer = await client.post("/", content=b"x" * MOST, headers=headers)
    assert answer.json() == [MOST, "text/plain", None]


async def test_a_file_of_a_form_is_read_to_its_limit(client: AsyncClient) -> None:
    answer = await client.post("/", files={"file": ("ä.txt", b"x" * MOST, "text/plain")})
    assert answer.json() == [MOST, "text/plain", "ä.txt"]


async def test_a_body_that_is_too_large_is_told_so_though_it_was_not_announced(
    client: AsyncClient,
) -> None:
    async def large() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b"x" * MIB

    for content in (large(), b"x" * 8 * MIB):
        answer = await client.post("/", content=content)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_without_end_is_cut_off(client: AsyncClient) -> None:
    told: list[int] = []
    with suppress(TransportError):
        await client.post("/", content=endless(told))
    assert len(told) < 100


async def test_a_sender_who_asks_first_need_not_send(client: AsyncClient) -> None:
    host, port = client.base_url.host, client.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MIB}\r\n"
    head += "Expect: 100-continue\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"problem+json" in answer


async def test_a_sender_who_leaves_halfway_is_no_error(
    client: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b"x"
        begun.set()
        await asyncio.Event().wait()

    request = asyncio.create_task(client.post("/", content=half()))
    await begun.wait()
    request.cancel()
    await asyncio.wait([request])
    assert (await client.post("/", content=b"")).status_code == 200
    assert caplog.records == []


async def test_a_defect_is_a_problem_without_its_message(client: AsyncClient) -> None:
    answer = await client.get("/defect")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "blood" not in answer.text
