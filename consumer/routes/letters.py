"""Dead letters, and records that could not be understood: where they lie, and why."""

from functools import partial
from typing import Annotated

from aiokafka import TopicPartition
from fastapi import APIRouter, Depends, Query, Request

from consumer.browse import browsing
from consumer.routes import documents
from consumer.routes.asked import Lane, Listed
from consumer.routes.documents import LetterPage, LetterWithBytes, Place, UnreadablePage
from consumer.store import queries
from consumer.store.store import Store
from inference.contract import Reason
from inference.errors import Unavailable
from inference.kafka import KafkaSettings
from inference.web import problems
from inference.web.guard.scopes import READ
from inference.web.problems import Problem


def letter_routes(store: Store, kafka: KafkaSettings) -> APIRouter:
    """The routes that read under /dead-letters, and /unreadable."""
    router = APIRouter(
        tags=["dead letters"], responses=problems.responses(422, 503), dependencies=[READ]
    )
    _add_list(router, store)
    _add_single(router, store, kafka)
    _add_unreadable(router, store)
    return router


def _add_list(router: APIRouter, store: Store) -> None:
    @router.get("/dead-letters")
    async def dead_letters(
        request: Request,
        listed: Annotated[Listed, Depends(Listed.of)],
        lane: Lane = None,
        reason: Annotated[Reason | None, Query(description="Only for this reason.")] = None,
    ) -> LetterPage:
        """List requests that have no answer and why, newest first."""
        ask = partial(queries.dead_letters, span=listed.span, lane=lane, reason=reason)
        page = await store.ask(ask)
        letters = [documents.letter(row) for row in page.rows]
        return LetterPage(dead_letters=letters, next=listed.next_page(request, page))


def _add_single(router: APIRouter, store: Store, kafka: KafkaSettings) -> None:
    @router.get("/dead-letters/{identity}", responses=problems.responses(404))
    async def dead_letter(identity: str) -> LetterWithBytes:
        """One dead letter, and whether its bytes are still there to be replayed."""
        row = await store.ask(partial(queries.dead_letter, identity=identity))
        if row is None:
            raise Problem(404, "No such dead letter", "/dead-letters lists those there are.")
        letter = documents.letter(row)
        bytes_at = letter.original if row["by_reference"] else letter.place
        return LetterWithBytes(**dict(letter), in_kafka=await _held(kafka, bytes_at))


def _add_unreadable(router: APIRouter, store: Store) -> None:
    @router.get("/unreadable")
    async def unreadable(
        request: Request, listed: Annotated[Listed, Depends(Listed.of)]
    ) -> UnreadablePage:
        """List the places of records that could not be understood, newest first."""
        page = await store.ask(partial(queries.unreadable, span=listed.span))
        rows = [documents.unreadable(row) for row in page.rows]
        return UnreadablePage(unreadable=rows, next=listed.next_page(request, page))


async def _held(kafka: KafkaSettings, place: Place) -> bool | None:
    try:
        async with browsing(kafka) as browser:
            bounds = await browser.bounds([place.topic])
    except Unavailable:
        return None
    there = bounds.get(TopicPartition(place.topic, place.partition))
    return there is not None and there.first <= place.offset < there.next
