"""The pages that lanes make of their figures, each at the path that its lane has given it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from consumer.store import figures
from consumer.store.store import Store
from inference import lanes
from inference.figures import AnyView, Reading, Totals
from inference.web import problems
from inference.web.guard.scopes import READ
from inference.web.problems import Problem


def view_routes(store: Store) -> APIRouter:
    """A route for each view of each lane found."""
    router = APIRouter(responses=problems.responses(422, 503), dependencies=[READ])
    for lane in lanes.packages():
        for view in lanes.views(lane):
            _add(router, store, lane, view)
    return router


def _add(router: APIRouter, store: Store, lane: str, view: AnyView) -> None:
    kind = view.question

    @router.get(view.path, description=view.sentence, response_model=view.document, tags=[lane])
    async def show(asked: Annotated[kind, Query()]) -> Any:  # type: ignore[valid-type]  # noqa: ANN401 - each view has its own types
        now = datetime.now(UTC)
        readings = _readings(view, asked, now)
        totals = await store.ask(partial(_totals, lane=lane, readings=readings))
        return view.show(asked, now, totals)


def _readings(view: AnyView, asked: object, now: datetime) -> Mapping[str, Reading]:
    try:
        return view.readings(asked, now)
    except ValueError as error:
        raise Problem(422, "Not a question for now", f"{error}.") from error


def _totals(connection: Connection, lane: str, readings: Mapping[str, Reading]) -> Totals:
    """All in one transaction, so that what is shown together belongs together."""
    return {name: figures.totals(connection, lane, reading) for name, reading in readings.items()}
