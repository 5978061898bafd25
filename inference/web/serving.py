"""An HTTP server inside the running event loop, beside whatever else the process does."""

import asyncio
import errno
import math
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from inference.errors import Fatal, Misconfigured
from inference.web.intake import ROOM, Intake

GRACE = 15.0
_BACKLOG = 2048


class _Server(uvicorn.Server):
    """Leaves signals to the program, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as error:
            message = "the application could not start; its log says why"
            raise Fatal(message) from error
        self.listening.set()


@asynccontextmanager
async def serving(
    app: ASGIApp, host: str, port: int, *, setting: str = "PORT", grace: float = GRACE
) -> AsyncIterator[int]:
    """Serve until the block ends; gives the bound port.

    Port 0 takes any free one. `setting` is the name of the setting that changes the port. At the
    end nobody new is let in, and open requests get `grace` seconds to be answered.
    """
    listener = _listen(host, port, setting)
    speaking: Any = partial(Intake, bytearray(ROOM))  # uvicorn calls it, and asks no more of it
    config = uvicorn.Config(
        app,
        http=speaking,
        ws="none",
        log_config=None,
        proxy_headers=False,  # the guard decides whose to believe
        access_log=False,  # its lines would quote keys and ids out of the query
        server_header=False,
        timeout_graceful_shutdown=math.ceil(grace),
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name=f"http {host}:{port}")
    try:
        await _listening(server, task)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.wait([task])
        listener.close()


async def _listening(server: _Server, task: asyncio.Task[None]) -> None:
    """Returns when the server listens; raises what kept it from doing so."""
    listening = asyncio.create_task(server.listening.wait())
    await asyncio.wait([listening, task], return_when=asyncio.FIRST_COMPLETED)
    listening.cancel()
    if task.done():
        task.result()


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise Misconfigured(_refusal(error, host, port, setting)) from error
    # Connections inherit it. Head and body are written one after the other, and without it the
    # body waits 40 ms for the head's acknowledgement; asyncio leaves it out for ready-made sockets.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _refusal(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; set {setting} to another one (0 takes any)"
    if error.errno == errno.EACCES:
        return f"port {port} may not be opened by this user; set {setting} to one above 1023"
    return f"cannot listen on {host}:{port} ({error.strerror}); set the host or {setting}"
