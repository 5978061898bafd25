"""What a lane's own HTTP routes are given: a way to read what was sent, and a way to ask."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from starlette.requests import Request

from inference.contract import Content, Rejection


class Sent(NamedTuple):
    """What came with a request: the content, and what its sender calls it."""

    content: Content
    name: str | None


class Counter(Protocol):
    """Where one lane's questions are asked over HTTP."""

    @property
    def keeps(self) -> bool:
        """Whether answers are kept in a cache."""
        ...

    async def receive(self, request: Request, field: str) -> Sent:
        """The body, or the file in that field of a form, or an image in JSON; within the limits."""
        ...

    async def ask(self, request: Request, content: Content) -> Mapping[str, Any] | Rejection:
        """The result document, or why there is none."""
        ...

    def refuse(self, rejection: Rejection) -> Exception:
        """What a route raises in place of an answer."""
        ...
