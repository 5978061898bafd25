"""The guard of one HTTP side, put together from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import limits
import structlog
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from inference.errors import Misconfigured
from inference.web.guard.doors import Doors
from inference.web.guard.gate import Gate
from inference.web.guard.keyfile import KeyFile
from inference.web.guard.keys import HOW
from inference.web.guard.neighbours import is_this_machine
from inference.web.guard.porter import Porter
from inference.web.guard.rates import Rates
from inference.web.guard.scopes import HEADER, Scope
from inference.web.guard.settings import OFF, GuardSettings
from inference.web.guard.usage import Usage

log = structlog.get_logger(__name__)

_READING = frozenset({Scope.READ})
_RATE = "600/minute"
_EXPOSED = ["RateLimit", "RateLimit-Policy", "Retry-After", "Location"]


class Guard:
    """Everything that stands before the routes of a service which listens on this address."""

    def __init__(self, settings: GuardSettings, host: str) -> None:
        self.settings = settings
        self.usage = Usage(settings.usage_rows)
        self._keys = _known(settings, host)
        self._rates = _counted(settings, keyed=self._keys is not None)

    def around(self, app: FastAPI, inner: ASGIApp) -> ASGIApp:
        """The application as the world sees it."""
        doors = Doors(app, {"/metrics": _READING} if self.settings.metrics_need_key else {})
        porter = Porter(self._keys, self._rates, self.settings.origins)
        guarded: ASGIApp = Gate(inner, doors, porter, self.settings, self.usage)
        if self.settings.origins:
            guarded = self._opened_to_pages(guarded)
        # uvicorn has names of its own for the same types.
        proxied: Any = ProxyHeadersMiddleware(cast("Any", guarded), self.settings.trusted_proxies)
        return cast("ASGIApp", proxied)

    @asynccontextmanager
    async def open(self, _app: FastAPI) -> AsyncIterator[None]:
        """What is open as long as the application is."""
        try:
            yield
        finally:
            if self._rates is not None:
                await self._rates.close()

    def _opened_to_pages(self, guarded: ASGIApp) -> ASGIApp:
        return CORSMiddleware(
            guarded,
            allow_origins=self.settings.origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=[HEADER, "Content-Type"],
            expose_headers=_EXPOSED,
        )


def _known(settings: GuardSettings, host: str) -> KeyFile | None:
    """The keys; None where everybody on this machine may ask."""
    if settings.api_keys_file is not None:
        return KeyFile(settings.api_keys_file)
    if not is_this_machine(host):
        message = (
            f"listening on {host} needs API keys: put what `{HOW}` prints into a file and set "
            "API_KEYS_FILE to it, or listen on 127.0.0.1"
        )
        raise Misconfigured(message)
    log.warning("open to everybody on this machine; set API_KEYS_FILE to ask for keys", host=host)
    return None


def _counted(settings: GuardSettings, *, keyed: bool) -> Rates | None:
    rate = settings.rate_limit or (_RATE if keyed else OFF)
    if rate == OFF:
        return None
    redis = settings.redis_url
    return Rates(limits.parse(rate), None if redis is None else redis.get_secret_value())
