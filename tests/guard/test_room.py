import asyncio
from contextlib import AsyncExitStack

import pytest
from guarded_service import MIB, client_of, guarded_app
from pydantic import ValidationError
from raw import connection, status_of

from inference.web.guard.admission import PIECE, Admission
from inference.web.guard.settings import GuardSettings
from inference.web.problems import Problem

HEAD = "POST /thing HTTP/1.1\nHost: localhost\n"


def test_room_is_kept_until_the_answer_and_given_back_once() -> None:
    admission = Admission(100, 10, 60)
    ticket = admission.admit(60)
    with pytest.raises(Problem, match="memory"):
        admission.admit(41)
    admission.admit(40).close()
    ticket.close()
    ticket.close()
    with pytest.raises(Problem, match="memory"):
        [admission.admit(60) for _ in range(2)]


def test_room_for_a_body_of_unknown_size_is_taken_as_it_comes() -> None:
    admission = Admission(3 * PIECE, 10, 3 * PIECE)
    silent, unknown = admission.admit(None), admission.admit(None)
    unknown.cover(PIECE)
    unknown.cover(PIECE + 1)
    with pytest.raises(Problem, match="memory"):
        unknown.cover(2 * PIECE + 1)
    silent.close()
    unknown.cover(2 * PIECE + 1)
    unknown.shrink(2 * PIECE + 1)
    admission.admit(PIECE - 1)


def test_only_so_many_requests_are_open() -> None:
    admission = Admission(100, 2, 60)
    tickets = [admission.admit(0) for _ in range(2)]
    with pytest.raises(Problem, match="memory"):
        admission.admit(0)
    tickets[0].close()
    admission.admit(0)


def test_a_body_that_would_never_fit_is_told_so() -> None:
    with pytest.raises(Problem) as error:
        Admission(100, 10, 60).admit(61)
    assert error.value.status_code == 413


def test_settings_under_which_no_body_fits_are_refused() -> None:
    with pytest.raises(ValidationError, match="IN_FLIGHT_BYTES"):
        GuardSettings(max_body_bytes=100, in_flight_bytes=99)


async def test_who_finds_no_room_is_told_before_sending_and_health_is_answered() -> None:
    async with (
        guarded_app(max_body_bytes=100_000, in_flight_bytes=150_000) as (_, url),
        client_of(url) as client,
        connection(url, HEAD + "Content-Length: 100000") as (reader, writer),
    ):
        async with asyncio.timeout(10):
            while (answer := await client.post("/thing", content=b"x" * 60_000)).is_success:
                await asyncio.sleep(0)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/thing")).status_code == 200
        writer.write(b"x" * 100_000)
        assert await status_of(reader) == 200
        assert (await client.post("/thing", content=b"x" * 60_000)).status_code == 200


async def test_room_is_given_back_by_who_leaves_halfway() -> None:
    async with guarded_app(max_body_bytes=100_000, in_flight_bytes=100_000) as (_, url):
        for _ in range(3):
            async with connection(url, HEAD + "Content-Length: 100000") as (_, writer):
                writer.write(b"x")
                await writer.drain()
        async with client_of(url) as client, asyncio.timeout(10):
            while (await client.post("/thing", content=b"x" * 60_000)).status_code == 503:
                await asyncio.sleep(0)


async def test_senders_who_say_neither_how_much_they_send_nor_send_it_keep_nobody_out() -> None:
    silent = HEAD + "Transfer-Encoding: chunked"
    async with (
        guarded_app(in_flight_bytes=32 * MIB) as (_, url),
        connection(url, silent),
        connection(url, silent),
        client_of(url) as client,
    ):
        assert (await client.post("/thing", content=b"x" * 5 * MIB)).json() == 5 * MIB


async def test_who_still_sends_when_the_service_ends_is_told_to_come_again() -> None:
    async with AsyncExitStack() as ending:
        _, url = await ending.enter_async_context(guarded_app())
        async with connection(url, HEAD + "Content-Length: 5") as (reader, writer):
            writer.write(b"x")
            await ending.aclose()  # which waits for a second
            head = await reader.readuntil(b"\r\n\r\n")
    assert b" 503 " in head.splitlines()[0]
    assert b"retry-after:" in head
