"""Who asks, whether they may, and whether not too often."""

from collections.abc import Collection
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import Scope as Request

from inference.web.guard.doors import Door
from inference.web.guard.keyfile import KeyFile
from inference.web.guard.keys import NEIGHBOUR, STRANGER, Caller
from inference.web.guard.neighbours import must_be_neighbours
from inference.web.guard.rates import Rates
from inference.web.guard.scopes import HEADER
from inference.web.problems import Problem


class Porter:
    """Looks at every request before it is let in."""

    def __init__(self, keys: KeyFile | None, rates: Rates | None, origins: Collection[str]) -> None:
        self._keys, self._rates, self._origins = keys, rates, origins

    def caller(self, request: Request) -> Caller:
        """Who asks."""
        head = Headers(scope=request)
        if self._keys is None:
            must_be_neighbours(head, self._origins)
            return NEIGHBOUR
        # A missing key is looked up like a wrong one, and is as unknown.
        return self._keys.holder(head.get(HEADER, "").encode("latin-1"))

    async def count(self, caller: Caller, request: Request) -> dict[str, str]:
        """The headers that say how often this caller may still ask; a problem where not at all.

        All who have no key share one count: what they do costs nobody else anything, and addresses
        without number cannot fill the memory.
        """
        if self._rates is None:
            return {}
        who = f"key {caller.name}"
        if caller is NEIGHBOUR:
            client = request.get("client")
            who = f"address {client[0] if client else ''}"
        quota = await self._rates.hit(who)
        if not quota.allowed:
            detail = f"At most {quota.limit} are answered; Retry-After says when to go on."
            headers = quota.headers
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "Quota exceeded", detail, headers)
        return quota.headers

    def must_be_allowed(self, caller: Caller, door: Door) -> None:
        """Raises where this caller may not pass that door."""
        if caller is STRANGER:
            detail = f"Send a key that is known here in the header {HEADER}."
            asks = {"WWW-Authenticate": f'ApiKey header="{HEADER}"'}
            raise Problem(HTTPStatus.UNAUTHORIZED, "No valid key", detail, asks)
        if lacking := door.scopes - caller.scopes:
            detail = f"This needs a key with the scope {', '.join(sorted(lacking))}."
            raise Problem(HTTPStatus.FORBIDDEN, "Not with this key", detail)
