"""The route /usage."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from inference.web import problems
from inference.web.guard.keys import Caller
from inference.web.guard.scopes import READ, Scope
from inference.web.guard.usage import Row, Total, Usage


class UsageTotal(BaseModel):
    """All that one key has asked of one endpoint."""

    key: str = Field(examples=["dashboard"])
    endpoint: str = Field(examples=["POST /predict"])
    count: int = Field(examples=[1204])
    statuses: dict[str, int] = Field(examples=[{"200": 1200, "429": 4}])
    questions: int = Field(description="A batch call has many.", examples=[1204])
    answers: int = Field(description="Questions that got one.", examples=[1200])
    models: dict[str, int] = Field(description="Answers by model.", examples=[{"leaves 1": 1200}])
    response_time_ms: float = Field(description="Of a request on average.", examples=[4.2])
    slowest_ms: float = Field(examples=[61.0])
    megapixels: float = Field(description="Of all images together.", examples=[1258.3])
    faces: int = Field(description="Faces found in all of them.", examples=[0])

    @classmethod
    def of(cls, key: str, endpoint: str, total: Total) -> Self:
        """As it is shown."""
        return cls(
            key=key,
            endpoint=endpoint,
            count=total.count,
            statuses=total.statuses,
            questions=total.questions,
            answers=total.answers,
            models=total.models,
            response_time_ms=_ms(total.seconds / total.count),
            slowest_ms=_ms(total.slowest),
            megapixels=total.pixels / 1e6,
            faces=total.faces,
        )


class UsageRow(BaseModel):
    """One request."""

    time: datetime
    key: str = Field(examples=["dashboard"])
    endpoint: str = Field(examples=["POST /predict"])
    status: int = Field(examples=[200])
    questions: int = Field(description="A batch call has many.", examples=[1])
    answers: int = Field(description="Questions that got one.", examples=[1])
    model: str | None = Field(description="Where it was one alone.", examples=["leaves 1"])
    models: dict[str, int] = Field(description="Answers by model.", examples=[{"leaves 1": 1}])
    response_time_ms: float = Field(examples=[4.2])
    image_size: tuple[int, int] | None = Field(
        description="Width, height, where one question was asked.", examples=[(640, 480)]
    )
    megapixels: float = Field(description="Of all images together.", examples=[0.3072])
    faces: int | None = Field(description="Faces found, where they were looked for.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """As it is shown."""
        visit = row.visit
        return cls(
            time=row.time,
            key=visit.key,
            endpoint=visit.endpoint,
            status=row.status,
            questions=visit.questions,
            answers=visit.answers,
            model=next(iter(visit.models)) if len(visit.models) == 1 else None,
            models=visit.models,
            response_time_ms=_ms(row.seconds),
            image_size=visit.image_size if visit.questions == 1 else None,
            megapixels=visit.pixels / 1e6,
            faces=visit.faces,
        )


class UsageReport(BaseModel):
    """What was asked since this process began."""

    since: datetime
    totals: list[UsageTotal]
    recent: list[UsageRow] = Field(description="The most recent requests, newest first.")


def usage_routes(usage: Usage) -> APIRouter:
    """What a key has used; a key with the scope admin sees all of them."""
    router = APIRouter(tags=["operations"], dependencies=[READ])

    @router.get("/usage", responses=problems.responses(401, 403, 429))
    async def used(
        request: Request,
        rows: Annotated[int, Query(ge=0, le=100_000, description="At most so many rows.")] = 100,
    ) -> UsageReport:
        """Requests per key and endpoint, and the most recent ones; never what was in them.

        A key sees its own, one with the scope admin those of all.
        """
        caller: Caller = request.state.caller
        key = None if Scope.ADMIN in caller.scopes else caller.name
        recent = [UsageRow.of(row) for row, _ in zip(usage.recent(key), range(rows), strict=False)]
        totals = [UsageTotal.of(*total) for total in usage.totals(key)]
        return UsageReport(since=usage.since, totals=totals, recent=recent)

    return router


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
