import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from guarded_service import MIB, client_of, guarded, guarded_app
from httpx import TransportError
from raw import connection, status_of

MOST = 100_000
HEAD = "POST /thing HTTP/1.1\nHost: localhost\n"


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * MOST


@pytest.mark.parametrize("place", ["/thing", "/json"])
async def test_a_body_above_the_limit_is_refused_announced_or_not(place: str) -> None:
    async with guarded(max_body_bytes=MOST) as client:
        for content in (b"x" * (MOST + 1), chunks(2), chunks(50)):
            answer = await client.post(place, content=content)
            assert (answer.status_code, answer.json()["title"]) == (413, "Content too large")
        assert (await client.post("/thing", content=chunks(1))).json() == MOST


async def test_a_body_without_end_is_cut_off() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += MIB
            yield b"x" * MIB

    async with guarded(max_body_bytes=MOST) as client, asyncio.timeout(60):
        with suppress(TransportError):  # when the answer is not read before the connection is gone
            assert (await client.post("/thing", content=endless())).status_code == 413
    assert sent < 100 * MIB


async def test_a_sender_who_says_less_than_it_sends_gets_no_more_in() -> None:
    async with (
        guarded_app() as (_, url),
        connection(url, HEAD + "Content-Length: 5") as (reader, writer),
    ):
        writer.write(b"x" * 100 + b"\r\n\r\n")
        assert await status_of(reader) == 200
        rest = await reader.read()
    assert b"\r\n\r\n5HTTP/1.1 400 " in rest  # what follows is no request


async def test_a_sender_who_sends_less_than_it_says_is_waited_for_so_long_and_no_longer() -> None:
    async with (
        guarded_app(body_timeout=0.3) as (_, url),
        connection(url, HEAD + "Content-Length: 50000") as (reader, writer),
    ):
        writer.write(b"x" * 49_999)
        assert await status_of(reader) == 408


async def test_a_sender_of_a_byte_now_and_then_is_not_waited_for_any_longer() -> None:
    async with guarded_app(body_timeout=0.5) as (_, url):
        head = HEAD + "Transfer-Encoding: chunked"
        async with connection(url, head) as (reader, writer):
            answered = asyncio.create_task(status_of(reader))
            while not answered.done():
                writer.write(b"1\r\nx\r\n")
                await asyncio.wait([answered], timeout=0.05)
            assert answered.result() == 408


async def test_a_slow_body_is_a_problem_also_where_the_framework_reads_it() -> None:
    async with guarded_app(body_timeout=0.3) as (_, url):
        head = "POST /json HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
        async with connection(url, head + "Content-Length: 50") as (reader, writer):
            writer.write(b"{")
            assert await status_of(reader) == 408


async def test_a_sender_who_asks_first_need_not_send_what_is_refused() -> None:
    async with guarded_app(max_body_bytes=MOST) as (_, url):
        head = HEAD + f"Expect: 100-continue\nContent-Length: {MOST + 1}"
        async with connection(url, head) as (reader, _):
            assert await status_of(reader) == 413
            await asyncio.wait_for(reader.read(), 5)  # closed at once


async def test_a_sender_who_asks_first_is_told_to_go_on() -> None:
    async with guarded_app() as (_, url):
        head = HEAD + "Expect: 100-continue\nContent-Length: 5"
        async with connection(url, head) as (reader, writer):
            assert await status_of(reader) == 100
            writer.write(b"12345")
            await reader.readline()
            assert await status_of(reader) == 200


async def test_an_answer_that_does_not_come_is_given_up() -> None:
    async with guarded(request_timeout=0.3) as client:
        answer = await client.get("/slow")
        assert (answer.status_code, answer.json()["title"]) == (503, "Too slow")
        assert answer.headers["retry-after"]


async def test_a_route_that_says_so_is_left_the_time_that_it_takes() -> None:
    async with guarded_app(request_timeout=0.3) as (app, url), client_of(url) as client:
        asyncio.get_running_loop().call_later(0.8, app.state.proceed.set)
        assert (await client.get("/as-slow-as-it-is")).json() == "at last"


async def test_an_answer_that_has_begun_may_take_its_time() -> None:
    async with guarded_app(request_timeout=0.3, body_timeout=0.3) as (app, url):
        asyncio.get_running_loop().call_later(0.8, app.state.proceed.set)
        async with client_of(url) as client:
            assert (await client.get("/stream")).text == "first last"


async def test_a_connection_is_kept_where_the_body_was_small() -> None:
    async with guarded() as client:
        answers = [await client.post("/no-such-place", content=b"x" * 1000) for _ in range(3)]
    assert all("connection" not in answer.headers for answer in answers)
