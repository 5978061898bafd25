"""Questions answered below full asked again, over HTTP."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from consumer import metrics
from consumer.asking import asked_again
from consumer.replay import Done, Outcome
from consumer.replaying import Pace
from consumer.routes.asked import End, Most, Rate, Start, moment, one_at_a_time
from consumer.store.store import Store
from consumer.store.wanted import Wanted
from inference.kafka import KafkaSettings, Topics
from inference.web import problems
from inference.web.guard.scopes import ADMIN, UNHURRIED
from inference.web.problems import Problem


class AskRequest(BaseModel):
    """Which degraded answers, by the time of the first one; what is not given takes all."""

    model_config = ConfigDict(extra="forbid")

    lane: str | None = None
    since: Start = None
    until: End = None
    everything: bool = Field(
        default=False, alias="all", description="Needed where nothing is selected."
    )
    again: bool = Field(default=False, description="Also those that were asked again before.")
    force: bool = Field(
        default=False, description="The next answer replaces this one even if it is no better."
    )
    dry_run: bool = Field(default=False, description="Only say what would be done.")
    limit: Most = 100
    rate: Rate = 100.0


class AskedAgain(BaseModel):
    """What became of the question of one answer."""

    id: str = Field(description="The answer's.", examples=["0d9b8d5e-3c1f-5b52-8f4e-2f8f2f3d9c11"])
    outcome: Outcome
    detail: str | None = None
    request_id: str | None = None
    lane: str | None = None
    answered_by: str | None = Field(None, description="The rung that answered so far.")
    topic: str | None = Field(None, description="The topic that the question goes back on.")


class AskReport(BaseModel):
    """What was asked again, or would be."""

    dry_run: bool
    chosen: int
    counts: dict[Outcome, int]
    results: list[AskedAgain]


_EXAMPLES = {
    "after an outage": {"value": {"since": "2h"}},
    "only look": {"value": {"lane": "image-classification", "since": "2h", "dry_run": True}},
    "with a new model": {"value": {"since": "2026-01-31T09:00:00Z", "again": True, "force": True}},
}


def asking_routes(store: Store, kafka: KafkaSettings, topics: Topics) -> APIRouter:
    """The route /results/replay; one replay of answers at a time."""
    router = APIRouter(tags=["results"], dependencies=[ADMIN, UNHURRIED])
    busy = asyncio.Lock()

    @router.post("/results/replay", responses=problems.responses(409, 422, 503))
    async def replay(
        asked: Annotated[AskRequest, Body(openapi_examples=_EXAMPLES)],
    ) -> AskReport:
        """Ask again what was answered below full; returns when the broker has the questions.

        The new answers have the ids of the old ones, and replace those that they are better than.
        What Kafka does not have any more is `expired`. Questions that were asked again before are
        left out, unless `again` says otherwise.
        """
        async with one_at_a_time(busy):
            done = await _replay(store, asked, kafka, topics)
        return _report(asked, done)

    return router


async def _replay(
    store: Store, asked: AskRequest, kafka: KafkaSettings, topics: Topics
) -> list[Done]:
    done: list[Done] = []
    wanted, pace = _wanted(asked), Pace(asked.rate, asked.limit, asked.dry_run)
    async with aclosing(asked_again(kafka, topics, store, wanted, pace)) as chunks:
        async for some in chunks:
            for one in some:
                metrics.ASKED_AGAIN.labels(one.outcome).inc()
            done += some
    return done


def _wanted(asked: AskRequest) -> Wanted:
    if asked.lane is None and asked.since is None and asked.until is None and not asked.everything:
        detail = "Give lane, since or until, or say all: true."
        raise Problem(422, "Nothing selected", detail)
    since, until = moment("since", asked.since), moment("until", asked.until)
    return Wanted(asked.lane, since, until, asked.again, asked.force, asked.limit)


def _report(asked: AskRequest, done: Sequence[Done]) -> AskReport:
    return AskReport(
        dry_run=asked.dry_run,
        chosen=len(done),
        counts=Counter(one.outcome for one in done),
        results=[_shown(one) for one in done],
    )


def _shown(one: Done) -> AskedAgain:
    known: dict[str, Any] = {}
    if one.chosen is not None:
        answer = one.chosen
        known = {
            "request_id": answer.request_id,
            "lane": answer.lane,
            "answered_by": answer.reason,
            "topic": answer.topic,
        }
    return AskedAgain(id=one.id, outcome=one.outcome, detail=one.detail or None, **known)
