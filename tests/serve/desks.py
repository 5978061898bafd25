"""The HTTP side of inference with all its lanes, and a client of it."""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from httpx import ASGITransport, AsyncClient, Response

from inference.cache.settings import CacheSettings
from inference.kafka import Topics
from inference.opening import Means
from inference.serve.api import create_api
from inference.serve.desk import Desk
from inference.serve.program import open_desks
from inference.serve.settings import ServeSettings
from inference.settings import LadderSettings
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings
from pictures import encoded, noise

IMAGES = "image-classification"
JPEG = encoded(noise())


class Site(NamedTuple):
    """A client, and the desks that answer it."""

    client: AsyncClient
    desks: Mapping[str, Desk]

    async def single(self, content: bytes, lane: str = IMAGES, **more: Any) -> Response:  # noqa: ANN401 - as httpx has it
        path = f"/inference/single?lane={lane}"
        return await self.client.post(path, content=content, **more)

    async def predict(self, content: bytes, name: str = "leaf.jpg") -> Response:
        return await self.client.post("/predict", files={"file": (name, content, "image/jpeg")})

    async def batch(self, *items: object) -> Response:
        return await self.client.post("/inference/batch", json={"items": items})


@asynccontextmanager
async def open_site(**changed: object) -> AsyncIterator[Site]:
    """Opened as the program does it, with these settings, on no port."""
    usual: dict[str, Any] = {"workers": 1, "serve_lanes": ["echo", "image-classification"]}
    settings, topics = ServeSettings(**usual | changed), Topics()
    means = Means(LadderSettings(), CacheSettings())
    async with open_desks(topics, settings, means) as (desks, _):
        app = create_api(desks, topics, settings, Guard(GuardSettings(), "127.0.0.1"))
        async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
            yield Site(client, desks)


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
