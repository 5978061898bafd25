"""A small service behind the guard, on a real server."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from httpx import AsyncClient

from inference.web.applications import application
from inference.web.bodies import upload
from inference.web.guard.guard import Guard
from inference.web.guard.keys import made
from inference.web.guard.scopes import ADMIN, OPEN, READ, UNHURRIED, WRITE, Scope
from inference.web.guard.settings import GuardSettings
from inference.web.guard.usage import visit_of
from inference.web.serving import serving

MIB = 1024 * 1024
SECRET = "blood group AB negative"


def well() -> Mapping[str, str | None]:
    return {"loop": None}


def service(guard: Guard) -> FastAPI:
    """Routes of every scope, and some that behave badly."""
    app = application("Guarded", "For tests.", well, well, guard)
    app.state.proceed, app.state.begun = asyncio.Event(), asyncio.Event()

    @app.get("/thing", dependencies=[READ])
    async def read() -> str:
        return "thing"

    @app.post("/thing", dependencies=[WRITE])
    async def write(request: Request) -> int:
        visit = visit_of(request)
        visit.questions += 1
        visit.note_answer("leaves 1", (640, 480), 2)
        return len((await upload(request, 8 * MIB)).data)

    @app.post("/json", dependencies=[WRITE])
    async def write_json(document: dict[str, Any] = Body()) -> int:  # noqa: B008 - as FastAPI has it
        return len(document)

    @app.delete("/thing", dependencies=[ADMIN])
    async def delete() -> str:
        return "gone"

    @app.get("/unsaid")
    async def unsaid() -> str:
        return "nobody said who may"

    _add_slow_ones(app)
    return app


def _add_slow_ones(app: FastAPI) -> None:
    @app.get("/slow", dependencies=[READ])
    async def slow() -> str:
        app.state.begun.set()
        await app.state.proceed.wait()
        return "at last"

    @app.get("/as-slow-as-it-is", dependencies=[READ, UNHURRIED])
    async def unhurried() -> str:
        return await slow()

    @app.get("/stream", dependencies=[READ])
    async def stream() -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield b"first "
            await app.state.proceed.wait()
            yield b"last"

        return StreamingResponse(parts())

    @app.get("/defect", dependencies=[OPEN])
    async def defect() -> None:
        raise ValueError(SECRET)


def key_file(folder: Path, **scopes: str) -> tuple[Path, dict[str, str]]:
    """A file of keys with these names and scopes, and the keys."""
    pairs = {
        name: made(name, frozenset(map(Scope, said.split(",")))) for name, said in scopes.items()
    }
    path = folder / "keys.jsonl"
    path.write_text("\n".join(["# keys", "", *(line for _, line in pairs.values())]))
    return path, {name: key for name, (key, _) in pairs.items()}


@asynccontextmanager
async def guarded(key: str | None = None, **settings: Any) -> AsyncIterator[AsyncClient]:  # noqa: ANN401 - of any setting
    """A client of the service, with this key."""
    async with guarded_app(**settings) as (_, url), client_of(url, key) as client:
        yield client


@asynccontextmanager
async def guarded_app(**settings: Any) -> AsyncIterator[tuple[FastAPI, str]]:  # noqa: ANN401 - of any setting
    """The service itself, and where it is."""
    app = service(Guard(GuardSettings(**settings), "127.0.0.1"))
    async with serving(app, "127.0.0.1", 0, grace=1) as port:
        yield app, f"http://127.0.0.1:{port}"


def client_of(url: str, key: str | None = None) -> AsyncClient:
    """A client with this key."""
    return AsyncClient(base_url=url, headers={} if key is None else {"x-api-key": key}, timeout=60)
