"""What a server understands of the ways to ask for JSON: found out once, then remembered."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from typing import Any, NamedTuple

import structlog

from inference.engines.external_ai.faults import Outcome, Passing, Unfit

log = structlog.get_logger(__name__)

# The one that every server knows, and the one that newer models of OpenAI's want.
CAP, NEWER_CAP = "max_tokens", "max_completion_tokens"
# So many requests in a row refused: the server is another one than it was.
_STRIKES = 5


class Format(StrEnum):
    """How an answer's shape is asked for, best first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PROMPT = "prompt"

    @property
    def next(self) -> "Format | None":
        """What to try where a server does not understand this one."""
        order = list(Format)
        return order[order.index(self) + 1] if self is not Format.PROMPT else None


class Schema(NamedTuple):
    """A name, and a JSON schema that strict servers accept."""

    name: str
    document: Mapping[str, Any]


class Form(NamedTuple):
    """What is sent besides the model and the messages."""

    format: Format = Format.SCHEMA
    cap: str | None = CAP
    temperature: float | None = 0.0
    store: bool | None = None

    def fields(self, schema: Schema, output: int) -> dict[str, Any]:
        """As a request has them."""
        told: dict[str, Any] = {}
        if self.format is Format.SCHEMA:
            strict = {"name": schema.name, "schema": schema.document, "strict": True}
            told["response_format"] = {"type": "json_schema", "json_schema": strict}
        elif self.format is Format.OBJECT:
            told["response_format"] = {"type": "json_object"}
        optional = {"temperature": self.temperature, "store": self.store}
        if self.cap is not None:
            optional[self.cap] = output
        return told | {name: value for name, value in optional.items() if value is not None}

    def without(self, blamed: frozenset[str]) -> "Form | None":
        """What to send instead, where the server has named these fields, if there is anything."""
        if self.temperature is not None and "temperature" in blamed:
            return self._replace(temperature=None)
        if self.store is not None and "store" in blamed:
            return self._replace(store=None)
        if self.cap in blamed:
            return self._replace(cap=NEWER_CAP if self.cap != NEWER_CAP else None)
        lower = self.format.next
        return None if lower is None else self._replace(format=lower)


class Dialect:
    """One server's. Until it is known, calls are made one at a time: all would fail alike.

    Unless one has failed for another reason: then there is nothing to be learnt by waiting.
    """

    def __init__(self, form: Form) -> None:
        self._first, self.form, self._proven = form, form, False
        self._turn = asyncio.Lock()
        self._strikes, self._failed = 0, False

    @property
    def _learning(self) -> bool:
        return not self._proven and not self._failed

    @asynccontextmanager
    async def tried(self) -> AsyncIterator[Form]:
        """The form to ask in; whether it was understood is remembered."""
        if self._learning:
            async with self._turn:
                if self._learning:
                    with self._judged():
                        yield self.form
                    return
        with self._judged():
            yield self.form

    def learn(self, form: Form, fault: Unfit) -> bool:
        """Whether there is another form to ask in, after this came of that one."""
        if fault.outcome is not Outcome.INVALID or self._proven:
            return False
        if form != self.form:
            return True  # another call has learnt it in the meantime
        other = form.without(fault.blamed)
        self.form = other or self._first
        if other is not None:
            told = {"format": other.format, "cap": other.cap, "temperature": other.temperature}
            log.info("the provider wants to be asked in another form", **told)
        return other is not None

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """A refusal of a form that was understood before is the text's fault, if it stays alone."""
        try:
            yield
        except Passing:
            self._failed = True
            raise
        except Unfit as fault:
            invalid = fault.outcome is Outcome.INVALID
            self._strikes = self._strikes + 1 if invalid else 0
            understood = fault.outcome is not None and not invalid
            self._proven = understood or (self._proven and self._strikes < _STRIKES)
            raise
        self._proven, self._failed, self._strikes = True, False, 0
