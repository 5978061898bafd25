"""What every request passes, in this order, before its body is read.

this machine or a key -> rate -> scope -> room for its body; then the application, in its time.
"""

import asyncio
from http import HTTPMethod, HTTPStatus
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from inference.web import problems
from inference.web.guard import metrics
from inference.web.guard.admission import Admission
from inference.web.guard.doors import Door, Doors
from inference.web.guard.headers import security_headers
from inference.web.guard.incoming import Incoming
from inference.web.guard.keys import STRANGER
from inference.web.guard.leaving import Leaving
from inference.web.guard.outgoing import Outgoing
from inference.web.guard.porter import Porter
from inference.web.guard.refusals import Refusals
from inference.web.guard.settings import GuardSettings
from inference.web.guard.usage import Usage, Visit
from inference.web.problems import Problem

_METHODS = frozenset(HTTPMethod)


class Exchange(NamedTuple):
    """One request and its answer."""

    scope: Scope
    incoming: Incoming
    outgoing: Outgoing
    door: Door
    visit: Visit


class Gate:
    """Stands around an application."""

    def __init__(
        self, app: ASGIApp, doors: Doors, porter: Porter, settings: GuardSettings, usage: Usage
    ) -> None:
        self._app, self._doors, self._porter = app, doors, porter
        self._settings, self._usage = settings, usage
        self._body_timeout = min(settings.body_timeout, settings.request_timeout)
        self._admission = Admission(
            settings.in_flight_bytes, settings.concurrent_requests, settings.max_body_bytes
        )
        self._leaving, self._refusals = Leaving(), Refusals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(self._exchange(scope, receive, send))
        else:
            await send({"type": "websocket.close"})  # nothing here speaks it

    def _exchange(self, scope: Scope, receive: Receive, send: Send) -> Exchange:
        incoming = Incoming(scope, receive, self._settings.max_body_bytes, self._body_timeout)
        outgoing = Outgoing(send, incoming, self._leaving)
        outgoing.headers.update(security_headers(scope["scheme"]))
        door = self._doors.find(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        visit = Visit(STRANGER.name, f"{method} {door.endpoint}")
        scope.setdefault("state", {})["visit"] = visit
        return Exchange(scope, incoming, outgoing, door, visit)

    async def _answer(self, exchange: Exchange) -> None:
        scope, incoming, outgoing, _, visit = exchange
        try:
            await self._let_in(exchange)
        except Problem as refusal:
            if outgoing.status is not None:
                raise
            self._refusals.note(refusal.title, visit)
            response = problems.answer(refusal)
            await response(scope, incoming.receive, outgoing.send)
        finally:
            self._note(exchange)

    async def _let_in(self, exchange: Exchange) -> None:
        """Raises the first reason not to."""
        scope, incoming, outgoing, door, visit = exchange
        if not door.scopes:
            await self._serve(exchange)
            return
        caller = self._porter.caller(scope)
        scope["state"]["caller"], visit.key = caller, caller.name
        outgoing.headers.update(await self._porter.count(caller, scope))
        self._porter.must_be_allowed(caller, door)
        ticket = self._admission.admit(incoming.announced)
        incoming.when_come, incoming.when_whole = ticket.cover, ticket.shrink
        outgoing.when_ended = ticket.close
        try:
            await self._serve(exchange)
        finally:
            ticket.close()

    async def _serve(self, exchange: Exchange) -> None:
        scope, incoming, outgoing, door, _ = exchange
        limit = None if door.unhurried else self._settings.request_timeout
        try:
            async with asyncio.timeout(limit) as clock:

                def begun() -> None:
                    if not clock.expired():
                        clock.reschedule(None)
                    incoming.relax()

                outgoing.when_begun = begun
                await self._app(scope, incoming.receive, outgoing.send)
        except TimeoutError as error:
            if outgoing.status is not None or not clock.expired():
                raise
            detail = f"There was no answer after {limit:g} s."
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "Too slow", detail, problems.RETRY
            ) from error
        except asyncio.CancelledError:
            if outgoing.status is not None:
                raise
            incoming.give_up()
            outgoing.when_begun = None
            detail = "The service is ending, and could not wait any longer for this request."
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "Ending", detail, problems.RETRY
            ) from None

    def _note(self, exchange: Exchange) -> None:
        """Who left before the answer is noted as 499, as servers commonly do."""
        outgoing, visit = exchange.outgoing, exchange.visit
        outgoing.end()
        status, seconds = outgoing.status or 499, outgoing.seconds or 0.0
        metrics.SECONDS.labels(*visit.endpoint.split(" ", 1), status).observe(seconds)
        if exchange.door.scopes:
            self._usage.add(visit, status, seconds)
