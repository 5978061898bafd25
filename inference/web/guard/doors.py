"""Which route a request is for, and what that route asks for: known before its body is read."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.types import Scope as Request

from inference.web.guard.scopes import Scope, declared, unhurried


class Door(NamedTuple):
    """A route as the guard sees it; no scopes at all: open to everybody."""

    endpoint: str
    scopes: frozenset[Scope]
    unhurried: bool = False


class Sign(NamedTuple):
    """How a door is found."""

    path: re.Pattern[str]
    methods: frozenset[str] | None
    door: Door


# What asks for a path that is not there is a stranger too.
NOWHERE = Door("nowhere", frozenset({Scope.READ}))


class Doors:
    """All routes of an application, as they are when it starts."""

    def __init__(self, app: FastAPI, other: Mapping[str, frozenset[Scope]]) -> None:
        """`other`: what some paths ask for instead of what their routes say."""
        routes = iter_route_contexts(app.routes)
        self._signs = [_sign(route, app.openapi_url, other) for route in routes]

    def find(self, request: Request) -> Door:
        """The door that this request is for."""
        path, method = request["path"], request["method"]
        known = NOWHERE
        for sign in self._signs:
            if sign.path.match(path):
                if sign.methods is None or method in sign.methods:
                    return sign.door
                known = Door(sign.door.endpoint, NOWHERE.scopes)
        return known


def asked_by(route: RouteContext, openapi_url: str | None) -> frozenset[Scope] | None:
    """What a route asks for; None where it does not say."""
    if openapi_url is not None and route.path == openapi_url:
        return frozenset()  # says no more than the project's own pages
    return declared(getattr(route, "dependencies", ()))


def _sign(
    route: RouteContext, openapi_url: str | None, other: Mapping[str, frozenset[Scope]]
) -> Sign:
    asked = other.get(route.path or "", asked_by(route, openapi_url))
    methods = None if route.methods is None else frozenset(route.methods)
    # Who forgot to say what a route asks for has not opened it.
    scopes = frozenset({Scope.ADMIN}) if asked is None else asked
    slow = unhurried(getattr(route, "dependencies", ()))
    return Sign(route.path_regex, methods, Door(route.path_format or "/", scopes, slow))
