"""Answers: of one request, waited for if need be, and in lists."""

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic_core import to_json

from consumer import metrics
from consumer.routes.asked import Lane, Listed, Wait, patience
from consumer.routes.documents import Answers, ResultPage
from consumer.store import queries
from consumer.store.queries import Question
from consumer.store.store import Store
from inference.web import problems
from inference.web.guard.scopes import READ
from inference.web.problems import Problem


def result_routes(store: Store) -> APIRouter:
    """The routes under /results."""
    router = APIRouter(
        tags=["results"], responses=problems.responses(422, 503), dependencies=[READ]
    )
    _add_list(router, store)
    _add_single(router, store)
    return router


def _add_list(router: APIRouter, store: Store) -> None:
    @router.get("/results", responses={200: {"model": ResultPage}})
    async def results(
        request: Request,
        listed: Annotated[Listed, Depends(Listed.of)],
        lane: Lane = None,
        key: Annotated[str | None, Query(description="Only records with this key.")] = None,
    ) -> Response:
        """List answers, newest first; a better answer to the same request keeps its place."""
        page = await store.ask(partial(queries.results, span=listed.span, lane=lane, key=key))
        texts = [row["document"] for row in page.rows]
        return _response(texts, {"next": listed.next_page(request, page)})


def _add_single(router: APIRouter, store: Store) -> None:
    described = problems.responses(404) | {200: {"model": Answers}}

    @router.get("/results/{request_id:path}", responses=described)
    async def result(
        request_id: str,
        source: Annotated[str | None, Query(description="Only requests from this source.")] = None,
        lane: Lane = None,
        wait: Wait = None,
    ) -> Response:
        """Every answer to a request; with `wait`, as soon as there is one.

        The wait ends early where the request was dead-lettered: the problem says why.
        """
        question = Question(request_id, source, lane)
        return _response(await _awaited(store, question, patience(wait)), {})


async def _awaited(store: Store, question: Question, seconds: float) -> list[str]:
    """The answers, or a Problem that says why there is none."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    with store.bell.listening(question.request_id) as ear, metrics.WAITING.track_inprogress():
        while True:
            ear.clear()
            found = await store.ask(partial(queries.answers, question=question))
            if found:
                return found
            await _must_not_be_refused(store, question)
            if loop.time() >= end or store.bell.closed:
                raise _nothing(question, seconds)
            await _heard(ear, end - loop.time())


async def _heard(ear: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(ear.wait(), seconds)
    except TimeoutError:
        return  # one last look follows


async def _must_not_be_refused(store: Store, question: Question) -> None:
    refusals = await store.ask(partial(queries.refusals, question=question))
    if refusals:
        last = refusals[-1]
        why = f"{last['reason']} in {last['stage']}: {last['detail']}"
        detail = f"It was dead-lettered as {why}. /dead-letters/{last['id']} has its place."
        raise Problem(404, "Dead-lettered", detail)


def _nothing(question: Question, seconds: float) -> Problem:
    narrowed = " from this source or lane" if question.source or question.lane else ""
    waited = f" after {seconds:g} s" if seconds else "; ?wait=5s waits for it"
    detail = f"There is no answer to this request{narrowed} yet{waited}."
    return Problem(404, "No answer yet", detail)


def _response(documents: list[str], more: dict[str, Any]) -> Response:
    """The documents as they lie in the store, unparsed."""
    rest = to_json(more)[1:]
    body = b'{"results":[' + ",".join(documents).encode() + (b"]," if more else b"]") + rest
    return Response(body, media_type="application/json")
