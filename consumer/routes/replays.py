"""Dead letters put back on their topics, over HTTP."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from consumer import metrics
from consumer.replay import Done, Outcome, Selection
from consumer.replaying import Pace, replayed
from consumer.routes.asked import End, Most, Rate, Start, moment, one_at_a_time
from consumer.store import queries, writing
from consumer.store.queries import Span
from consumer.store.store import Store
from inference.contract import Reason
from inference.kafka import KafkaSettings, Topics
from inference.web import problems
from inference.web.guard.scopes import ADMIN, UNHURRIED
from inference.web.problems import Problem


class ReplayRequest(BaseModel):
    """Which dead letters, and how; what is not given takes all."""

    model_config = ConfigDict(extra="forbid")

    lane: str | None = None
    reason: Reason | None = None
    since: Start = None
    until: End = None
    ids: list[str] = Field([], max_length=1000, description="Ids as /dead-letters gives them.")
    everything: bool = Field(
        default=False, alias="all", description="Needed where nothing is selected."
    )
    again: bool = Field(default=False, description="Also those that were replayed before.")
    dry_run: bool = Field(default=False, description="Only say what would be done.")
    limit: Most = 100
    rate: Rate = 100.0


class Replayed(BaseModel):
    """What became of one dead letter."""

    id: str
    outcome: Outcome
    detail: str | None = None
    request_id: str | None = None
    lane: str | None = None
    reason: str | None = None
    topic: str | None = Field(None, description="The topic that it is put back on.")


class ReplayReport(BaseModel):
    """What a replay did, or would do."""

    dry_run: bool
    chosen: int
    counts: dict[Outcome, int]
    dead_letters: list[Replayed]


_EXAMPLES = {
    "after a repair": {"value": {"lane": "image-classification", "reason": "exhausted"}},
    "only look": {"value": {"since": "2h", "dry_run": True}},
    "one": {"value": {"ids": ["inference.dead-letters-3-1042-1769850000123"], "again": True}},
}


def replay_routes(store: Store, kafka: KafkaSettings, topics: Topics) -> APIRouter:
    """The route /dead-letters/replay; one replay at a time."""
    router = APIRouter(tags=["dead letters"], dependencies=[ADMIN, UNHURRIED])
    busy = asyncio.Lock()

    @router.post("/dead-letters/replay", responses=problems.responses(409, 422, 503))
    async def replay(
        wanted: Annotated[ReplayRequest, Body(openapi_examples=_EXAMPLES)],
    ) -> ReplayReport:
        """Put dead letters back on their topics; returns when the broker has them.

        They keep their ids, so their answers are those of the same requests. Dead letters that
        were replayed before are left out, unless `again` says otherwise.
        """
        async with one_at_a_time(busy):
            done = await _replay(store, wanted, kafka, topics)
        return _report(wanted, done)

    return router


async def _replay(
    store: Store, wanted: ReplayRequest, kafka: KafkaSettings, topics: Topics
) -> list[Done]:
    skipped, selection = await _selected(store, wanted)
    done = [Done(one, None, Outcome.SKIPPED, "replayed before; see `again`") for one in skipped]
    if not selection.ids:
        return done
    pace = Pace(wanted.rate, wanted.limit, wanted.dry_run)
    async with aclosing(replayed(kafka, topics, selection, pace)) as chunks:
        async for some in chunks:
            await _note(store, some)
            done += some
    return done


async def _selected(store: Store, wanted: ReplayRequest) -> tuple[list[str], Selection]:
    """Ids that are left out, and the selection that remains."""
    since, until = moment("since", wanted.since), moment("until", wanted.until)
    selection = Selection(wanted.lane, wanted.reason, since, until, tuple(wanted.ids))
    if selection == Selection() and not wanted.everything:
        detail = "Give lane, reason, since, until or ids, or say all: true."
        raise Problem(422, "Nothing selected", detail)
    if not wanted.ids:
        span = Span(wanted.limit, since, until)
        ask = partial(
            queries.replayable,
            span=span,
            lane=wanted.lane,
            reason=wanted.reason,
            again=wanted.again,
        )
        return [], Selection(ids=tuple(await store.ask(ask)))
    before: set[str] = set()
    if not wanted.again:
        before = await store.ask(partial(queries.replayed_before, ids=wanted.ids))
    left = tuple(one for one in wanted.ids if one not in before)
    return sorted(before), Selection(wanted.lane, wanted.reason, since, until, left)


async def _note(store: Store, some: Sequence[Done]) -> None:
    for one in some:
        metrics.REPLAYS.labels(one.outcome).inc()
    ids = [one.id for one in some if one.outcome is Outcome.REPLAYED]
    if ids:
        now = time.time_ns() // 1_000_000
        await store.change(partial(writing.mark_replayed, ids=ids, now=now))


def _report(wanted: ReplayRequest, done: Sequence[Done]) -> ReplayReport:
    return ReplayReport(
        dry_run=wanted.dry_run,
        chosen=len(done),
        counts=Counter(one.outcome for one in done),
        dead_letters=[_shown(one) for one in done],
    )


def _shown(one: Done) -> Replayed:
    known: dict[str, Any] = {}
    if one.chosen is not None:
        letter = one.chosen
        known = {
            "request_id": letter.request_id,
            "lane": letter.lane,
            "reason": letter.reason,
            "topic": letter.topic,
        }
    return Replayed(id=one.id, outcome=one.outcome, detail=one.detail or None, **known)
