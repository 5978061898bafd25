"""What a key may be good for, and how a route says which of it it asks for."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import Depends, Security
from fastapi.params import Depends as Dependency
from fastapi.params import Security as Asking
from fastapi.security import APIKeyHeader

HEADER = "X-API-Key"


class Scope(StrEnum):
    """What a key allows; none of them includes another."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


ALL = frozenset(Scope)

# Shows the key in OpenAPI. Nobody is refused here: the guard has done so before, by the same
# declaration and without having read the body.
_KEY = APIKeyHeader(name=HEADER, auto_error=False, description="Made by `inference keys new`.")


async def _everybody() -> None:
    """Marks a route as open."""


async def _slow() -> None:
    """Marks a route as one whose work takes as long as it takes."""


READ = Security(_KEY, scopes=[Scope.READ])
WRITE = Security(_KEY, scopes=[Scope.WRITE])
ADMIN = Security(_KEY, scopes=[Scope.ADMIN])
OPEN = Depends(_everybody)
UNHURRIED = Depends(_slow)


def declared(dependencies: Iterable[Dependency]) -> frozenset[Scope] | None:
    """What a route with these dependencies asks for; None where it does not say."""
    asked: set[Scope] = set()
    said = False
    for one in dependencies:
        said = said or one.dependency in (_KEY, _everybody)
        if isinstance(one, Asking) and one.dependency is _KEY:
            asked |= {Scope(scope) for scope in one.scopes or ()}
    return frozenset(asked) if said else None


def unhurried(dependencies: Iterable[Dependency]) -> bool:
    """Whether a route with these dependencies is left as much time as it takes."""
    return any(one.dependency is _slow for one in dependencies)
