"""The image lane's own path over HTTP, in the form that existing callers expect."""

import time
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from inference.contract import Rejection
from inference.counter import Counter, Sent
from inference.lanes.image_classification.contract import Prediction

_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
_WRAPPED = {"type": "object", "properties": {"image": {"type": "string"}}}
_EXAMPLE = {"image": "data:image/jpeg;base64,/9j/4AAQ…"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _FORM},
            "application/json": {"schema": _WRAPPED, "example": _EXAMPLE},
        },
    }
}


class Metadata(BaseModel):
    """How the answer came about."""

    processing_time_ms: float
    image_size: tuple[int, int] = Field(description="Width and height of the image as sent.")
    filename: str | None
    model_version: str | None
    cache_enabled: bool
    from_cache: bool
    model: str | None = None
    answered_by: str = Field(description="The rung that answered.")
    degraded: bool = Field(description="True when a rung below the best one answered.")
    disclaimer: str | None = None


class Predicted(BaseModel):
    """What an image shows."""

    success: bool = True
    predictions: list[Prediction] = Field(description="Best first.")
    metadata: Metadata


def routes(counter: Counter) -> APIRouter:
    """The route /predict."""
    router = APIRouter()

    @router.post("/predict", openapi_extra=_BODY)
    async def predict(request: Request) -> Predicted:
        """Say what an image shows: the file of a form, or base64 inside JSON."""
        started = time.perf_counter()
        sent = await counter.receive(request, "file")
        outcome = await counter.ask(request, sent.content)
        if isinstance(outcome, Rejection):
            raise counter.refuse(outcome)
        seconds = time.perf_counter() - started
        return _predicted(outcome, sent, seconds, keeps=counter.keeps)

    return router


def _predicted(result: Mapping[str, Any], sent: Sent, seconds: float, *, keeps: bool) -> Predicted:
    answer, model = result["answer"], result["model"] or {}
    metadata = Metadata(
        processing_time_ms=round(1000 * seconds, 3),
        image_size=(answer["width"], answer["height"]),
        filename=sent.name,
        model_version=model.get("version"),
        cache_enabled=keeps,
        from_cache=result["from_cache"],
        model=model.get("name"),
        answered_by=result["answered_by"],
        degraded=result["degraded"],
        disclaimer=answer["disclaimer"],
    )
    return Predicted(predictions=answer["predictions"], metadata=metadata)
