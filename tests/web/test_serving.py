import asyncio
import signal

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from starlette.types import Receive, Scope, Send

from inference.errors import Fatal, Misconfigured
from inference.web.running import until_stopped
from inference.web.serving import serving


async def test_any_free_port_is_taken_and_told() -> None:
    app = FastAPI()
    app.add_api_route("/hello", lambda: "good day")
    async with serving(app, "127.0.0.1", 0) as port, AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/hello")
    assert answer.json() == "good day"


async def test_a_taken_port_is_told_with_the_setting_that_changes_it() -> None:
    async with serving(FastAPI(), "127.0.0.1", 0) as port:
        with pytest.raises(Misconfigured, match=f"port {port} .* is taken; set METRICS_PORT"):
            async with serving(FastAPI(), "127.0.0.1", port, setting="METRICS_PORT"):
                pass


async def test_a_foreign_address_is_told() -> None:
    with pytest.raises(Misconfigured, match=r"cannot listen on 203\.0\.113\.7:0"):
        async with serving(FastAPI(), "203.0.113.7", 0):
            pass


async def test_the_port_is_free_again_afterwards() -> None:
    async with serving(FastAPI(), "127.0.0.1", 0) as port:
        pass
    async with serving(FastAPI(), "127.0.0.1", port) as again:
        assert again == port


async def test_an_open_request_is_answered_before_the_server_ends() -> None:
    begun, proceed = asyncio.Event(), asyncio.Event()
    app = FastAPI()

    @app.get("/slow")
    async def slow() -> str:
        begun.set()
        await proceed.wait()
        return "done"

    async with AsyncClient() as client:
        async with serving(app, "127.0.0.1", 0) as port:
            request = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/slow"))
            await begun.wait()
            asyncio.get_running_loop().call_later(0.3, proceed.set)
        assert (await request).json() == "done"


async def test_an_application_that_cannot_start_ends_the_block_before_it_begins() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.failed", "message": "no"})

    with pytest.raises(Fatal, match="could not start"):
        async with serving(app, "127.0.0.1", 0):
            pytest.fail("it must not begin")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_program_is_asked_to_end_by_a_signal(number: signal.Signals) -> None:
    waiting = asyncio.create_task(until_stopped())
    async with serving(FastAPI(), "127.0.0.1", 0):
        signal.raise_signal(number)
        await asyncio.wait_for(waiting, 5)
