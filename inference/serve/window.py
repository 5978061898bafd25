"""A lane's desk as its HTTP routes see it: what was sent is read within limits, then asked."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

from inference.contract import Content, Contract, Reason, Rejection
from inference.counter import Sent
from inference.serve.crowds import crowded
from inference.serve.desk import Desk
from inference.serve.encoded import decoded
from inference.web.bodies import Upload, media_type, upload
from inference.web.guard.usage import visit_of
from inference.web.problems import RETRY, Problem

JSON = "application/json"
# The names under which callers send a content inside JSON.
FIELDS = ("image", "data")
# Base64 takes four bytes for three, and there may be line breaks and a prefix.
WRITTEN_OUT = 1.5
# As many other things may stand beside the content as that many items have.
MOST_AROUND = 16

STATUS = {
    Reason.MALFORMED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Reason.REFUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Reason.EXHAUSTED: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Window:
    """Implements `Counter` for one lane."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._contract: Contract[Any, Any] = desk.contract

    @property
    def keeps(self) -> bool:
        """Whether answers are kept in a cache."""
        return self.desk.opened.cache.snapshot().enabled

    async def receive(self, request: Request, field: str = "file") -> Sent:
        """The body, or the file in that field of a form, or a content inside JSON."""
        most = self._contract.max_bytes
        inside = self._is_wrapped(request)
        sent = await upload(request, int(most * WRITTEN_OUT) if inside else most, field)
        if inside:
            return Sent(self._unwrapped(sent), None)
        return Sent(Content(sent.data, sent.type), sent.name)

    async def ask(self, request: Request, content: Content) -> Mapping[str, Any] | Rejection:
        """The result document, or why there is none; what it says of itself is noted down."""
        visit = visit_of(request)
        visit.questions += 1
        outcome = await self.desk.ask(content)
        if not isinstance(outcome, Rejection):
            model, answer = outcome["model"], outcome["answer"]
            sized = "width" in answer and "height" in answer
            visit.note_answer(
                f"{model['name']} {model['version']}" if model else None,
                (answer["width"], answer["height"]) if sized else None,
            )
        return outcome

    def refuse(self, rejection: Rejection) -> Problem:
        """What a route raises in place of an answer."""
        status = STATUS.get(rejection.reason, HTTPStatus.INTERNAL_SERVER_ERROR)
        later = RETRY if status is HTTPStatus.SERVICE_UNAVAILABLE else None
        return Problem(status, f"{rejection.reason}".capitalize(), f"{rejection.detail}.", later)

    def _is_wrapped(self, request: Request) -> bool:
        """JSON is a wrapping where it cannot be the content itself."""
        return media_type(request) == JSON and JSON not in self._contract.content_types

    def _unwrapped(self, sent: Upload) -> Content:
        if crowded(sent.data, MOST_AROUND):
            raise Problem(413, "Too many values", "The object holds much besides a content.")
        try:
            wrapping = json.loads(sent.data)
        except (ValueError, RecursionError) as error:
            raise Problem(400, "Malformed JSON", "The body is not JSON.") from error
        named = wrapping if isinstance(wrapping, dict) else {}
        text = next((named[name] for name in FIELDS if isinstance(named.get(name), str)), None)
        if text is None:
            detail = f"The object has no text in {' or '.join(FIELDS)}: base64, or a data URL."
            raise Problem(422, "No content", detail)
        content = decoded(text)
        if isinstance(content, Rejection):
            raise self.refuse(content)
        return content
