"""Whoever adds a route to any of the three services says who may use it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from guarded_service import well

from consumer.api import create_api as consumer_api
from consumer.condition import Condition
from consumer.store.store import Store, database
from inference.cache.settings import CacheSettings
from inference.kafka import KafkaSettings, Topics
from inference.opening import Means
from inference.serve.api import create_api as inference_api
from inference.serve.program import open_desks
from inference.serve.settings import ServeSettings
from inference.settings import LadderSettings
from inference.web.guard.doors import asked_by
from inference.web.guard.guard import Guard
from inference.web.guard.scopes import Scope
from inference.web.guard.settings import GuardSettings
from inference.web.lanes import contracts
from producer.api import create_api as producer_api
from producer.intake import Intake
from producer.memory import MemoryPublisher
from producer.settings import ProducerSettings

PAGE = {"/docs", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/openapi.json"}
OPEN = {"/health", "/health/live", "/health/ready", "/metrics"} | PAGE
ADMIN = {
    "POST /model/reload",
    "DELETE /model/cache",
    "POST /dead-letters/replay",
    "POST /results/replay",
}
BY_METHOD = {"GET": Scope.READ, "HEAD": Scope.READ, "POST": Scope.WRITE, "PUT": Scope.WRITE}


def guard() -> Guard:
    return Guard(GuardSettings(), "127.0.0.1")


@asynccontextmanager
async def producer() -> AsyncIterator[FastAPI]:
    intake = Intake(MemoryPublisher(), Topics())
    yield producer_api(intake, contracts(Topics()), ProducerSettings(), well, guard())


@asynccontextmanager
async def consumer() -> AsyncIterator[FastAPI]:
    store = Store(database("sqlite:///never-opened.db"))
    yield consumer_api(store, Condition(60), KafkaSettings(), Topics(), guard())


@asynccontextmanager
async def inference() -> AsyncIterator[FastAPI]:
    means = Means(LadderSettings(), CacheSettings())
    async with open_desks(Topics(), ServeSettings(workers=1), means) as (desks, _):
        yield inference_api(desks, Topics(), ServeSettings(), guard())


Service = Callable[[], AbstractAsyncContextManager[FastAPI]]
SERVICES = [producer, consumer, inference]


def routes(app: FastAPI) -> list[tuple[str, str, RouteContext]]:
    """Method and path of each."""
    found = iter_route_contexts(app.routes)
    return [(m, r.path or "", r) for r in found for m in sorted(r.methods or {"mounted"})]


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_says_who_may_use_it(service: Service) -> None:
    async with service() as app:
        silent = [(m, p) for m, p, r in routes(app) if asked_by(r, app.openapi_url) is None]
    assert not silent, "give the route dependencies=[READ], [WRITE], [ADMIN] or [OPEN]"


@pytest.mark.parametrize("service", SERVICES)
async def test_who_may_use_a_route_follows_from_what_it_does(service: Service) -> None:
    async with service() as app:
        for method, path, route in routes(app):
            admin = method == "DELETE" or f"{method} {path}" in ADMIN
            needed = Scope.ADMIN if admin else BY_METHOD[method]
            expected = frozenset() if path in OPEN else {needed}
            assert asked_by(route, app.openapi_url) == expected, f"{method} {path}"
