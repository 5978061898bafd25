"""Questions of any lane over HTTP: one, or many of several lanes in one call."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from inference.contract import Content, Reason, Rejection
from inference.errors import Unavailable
from inference.serve.crowds import crowded
from inference.serve.encoded import decoded
from inference.serve.settings import ServeSettings
from inference.serve.window import Window
from inference.web import problems
from inference.web.bodies import upload
from inference.web.guard.scopes import WRITE
from inference.web.guard.usage import visit_of
from inference.web.lanes import named
from inference.web.problems import Problem

Windows = Mapping[str, Window]

_PROBLEMS = problems.responses(400, 401, 403, 404, 408, 413, 422, 429, 503)
# Of a batch call, for each batch that is computed at the same time: that one, and the next.
BATCHES = 2


class Item(BaseModel):
    """One question of a batch; its content stands in `data` or, as it is, in `text`."""

    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    lane: str = Field(examples=["image-classification"])
    id: str | None = Field(None, max_length=256, description="Comes back with the outcome.")
    data: str | None = Field(None, description="Base64, or a data URL.", examples=["/9j/4AAQ…"])
    text: str | None = Field(None, description="The content itself, where it is text.")
    content_type: str | None = Field(None, examples=["image/jpeg"])

    @property
    def content(self) -> Content | Rejection:
        """What is asked about."""
        if self.text is not None and self.data is None:
            return Content(self.text.encode("utf-8", "surrogatepass"), self.content_type)
        if self.data is not None and self.text is None:
            return decoded(self.data, self.content_type)
        return Rejection(Reason.MALFORMED, "read", "an item needs either data or text")


class Batch(BaseModel):
    """Questions of any lanes."""

    model_config = ConfigDict(hide_input_in_errors=True)

    items: list[Item]


class Outcome(BaseModel):
    """What became of one item."""

    id: str | None = None
    lane: str
    status: Literal["answered", "rejected", "unavailable"]
    result: dict[str, Any] | None = Field(None, description="As on the results topic.")
    reason: Reason | None = None
    detail: str | None = Field(None, description="Why there is no result.")


class Outcomes(BaseModel):
    """One outcome per item, in order."""

    answered: int
    results: list[Outcome]


_BATCH = TypeAdapter(Batch)


class Call:
    """The items of one batch; of each lane, no more are at its desk than keep that busy.

    Whoever comes later does not wait until the last of them has been answered.
    """

    def __init__(self, request: Request, windows: Windows) -> None:
        self._request, self._windows = request, windows
        self._rooms = {
            name: asyncio.Semaphore(BATCHES * window.desk.opened.room)
            for name, window in windows.items()
        }

    async def outcome(self, item: Item) -> Outcome:
        """Of one item; the others do not notice what goes wrong with it."""
        known = Outcome(id=item.id, lane=item.lane, status="rejected")
        try:
            outcome = await self._asked(item)
        except Unavailable as error:
            return known.model_copy(update={"status": "unavailable", "detail": str(error)})
        if isinstance(outcome, Rejection):
            return known.model_copy(update={"reason": outcome.reason, "detail": outcome.detail})
        return known.model_copy(update={"status": "answered", "result": dict(outcome)})

    async def _asked(self, item: Item) -> Mapping[str, Any] | Rejection:
        if item.lane not in self._windows:
            detail = f"there are these lanes: {', '.join(self._windows)}"
            return self._refused(Rejection(Reason.REFUSED, "read", detail))
        async with self._rooms[item.lane]:
            content = item.content
            if isinstance(content, Rejection):
                return self._refused(content)
            return await self._windows[item.lane].ask(self._request, content)

    def _refused(self, rejection: Rejection) -> Rejection:
        """It comes to no window, where the others are counted."""
        visit_of(self._request).questions += 1
        return rejection


def inference_routes(windows: Windows, settings: ServeSettings) -> APIRouter:
    """The routes /inference/single and /inference/batch."""
    router = APIRouter(prefix="/inference", tags=["inference"], dependencies=[WRITE])

    @router.post("/single", responses=_PROBLEMS, openapi_extra=_body_of_one())
    async def single(
        request: Request, lane: Annotated[str, Query(examples=list(windows)[:1])]
    ) -> dict[str, Any]:
        """Ask one question: its content as the body, as a form's file, or as base64 inside JSON."""
        window = named(windows, lane)
        sent = await window.receive(request)
        outcome = await window.ask(request, sent.content)
        if isinstance(outcome, Rejection):
            raise window.refuse(outcome)
        return dict(outcome)

    @router.post("/batch", responses=_PROBLEMS, openapi_extra=_body_of_many())
    async def batch(request: Request) -> Outcomes:
        """Ask many questions, of several lanes if you like; each has an outcome of its own."""
        body = (await upload(request, settings.batch_call_bytes)).data
        items = await asyncio.to_thread(_items, body, settings)
        call = Call(request, windows)
        results = await asyncio.gather(*map(call.outcome, items))
        answered = sum(one.status == "answered" for one in results)
        return Outcomes(answered=answered, results=results)

    return router


def _items(body: bytes, settings: ServeSettings) -> list[Item]:
    most = settings.batch_call_items
    too_many = Problem(413, "Too many items", f"At most {most} items are taken in one call.")
    if crowded(body, most):
        raise too_many
    try:
        items = _BATCH.validate_json(body).items
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, found["loc"])) or "body"
        raise Problem(422, "Malformed batch", f"{place}: {found['msg']}.") from None
    if len(items) > most:
        raise too_many
    return items


def _body_of_one() -> dict[str, Any]:
    wrapped = {"type": "object", "properties": {"image": {"type": "string"}}}
    example = {"image": "data:image/jpeg;base64,/9j/4AAQ…"}
    file = {"type": "string", "format": "binary"}
    form = {"type": "object", "required": ["file"], "properties": {"file": file}}
    content = {
        "application/octet-stream": {"schema": file},
        "application/json": {"schema": wrapped, "example": example},
        "multipart/form-data": {"schema": form},
    }
    return {"requestBody": {"required": True, "content": content}}


def _body_of_many() -> dict[str, Any]:
    schema = Batch.model_json_schema()
    item = schema.pop("$defs")["Item"]
    schema["properties"]["items"]["items"] = item
    example = {"items": [{"lane": "image-classification", "id": "1", "data": "/9j/4AAQ…"}]}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": example}},
        }
    }
