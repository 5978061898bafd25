"""The news lane's own path over HTTP."""

from typing import Any

from fastapi import APIRouter, Request

from inference.contract import Rejection, Result
from inference.counter import Counter
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle, RawNewsArticle

_EXAMPLE = {
    "title": "Ferry line adds evening crossings",
    "content": "The harbour ferry will run until midnight from Monday, the operator said.",
    "source": {"name": "Harbour Daily"},
    "published_at": "2026-11-20T08:00:00Z",
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": RawNewsArticle.model_json_schema(),
                "example": _EXAMPLE,
            }
        },
    }
}


def routes(counter: Counter) -> APIRouter:
    """The route /news/analyze."""
    router = APIRouter()

    @router.post("/news/analyze", openapi_extra=_BODY, response_model=Result[AnalyzedNewsArticle])
    async def analyze(request: Request) -> Any:  # noqa: ANN401 - a document that is valid already
        """Say how an article is minded, and what it is about."""
        sent = await counter.receive(request, "article")
        outcome = await counter.ask(request, sent.content)
        if isinstance(outcome, Rejection):
            raise counter.refuse(outcome)
        return outcome

    return router
