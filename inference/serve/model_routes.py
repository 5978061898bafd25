"""The models behind the lanes, over HTTP: how they do, what is kept, and a new version of them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from inference.control import Action, Command
from inference.serve.announcing import Announce
from inference.serve.figures import Desks, cache_info, figures, models_in_use
from inference.serve.told import Cache, Done, Reloaded, Stats, told_outside
from inference.web import problems
from inference.web.guard.scopes import ADMIN, READ, UNHURRIED
from inference.web.lanes import named

Lane = Annotated[str | None, Query(description="Only this lane.")]
_PROBLEMS = problems.responses(401, 403, 404)


def model_routes(desks: Desks, announce: Announce) -> APIRouter:
    """The routes below /model."""
    router = APIRouter(prefix="/model", tags=["models"], responses=_PROBLEMS)
    router.include_router(_reading(desks))
    router.include_router(_changing(desks, announce))
    return router


def _reading(desks: Desks) -> APIRouter:
    router = APIRouter(dependencies=[READ])

    @router.get("/stats")
    async def stats(lane: Lane = None) -> Stats:
        """How the models do: counts, times, cache, versions."""
        chosen = _chosen(desks, lane)
        compared = {name: desk.opened.swap.comparison for name, desk in chosen.items()}
        return Stats(
            statistics=figures(chosen),
            cache_info=cache_info(chosen.values()),
            models=[model for name, desk in chosen.items() for model in models_in_use(name, desk)],
            comparisons={name: told_outside(one) for name, one in compared.items() if one},
        )

    @router.get("/cache")
    async def cache(lane: Lane = None) -> Cache:
        """What is kept, tier by tier."""
        chosen = _chosen(desks, lane)
        states = {name: desk.opened.cache.snapshot() for name, desk in chosen.items()}
        told: dict[str, object] = {name: state.model_dump() for name, state in states.items()}
        return Cache(cache_info=cache_info(chosen.values()), statistics=told)

    return router


def _changing(desks: Desks, announce: Announce) -> APIRouter:
    router = APIRouter(dependencies=[ADMIN])

    @router.delete("/cache")
    async def clear(lane: Lane = None) -> Done:
        """Forget every answer that is kept, here and in the workers."""
        chosen = _chosen(desks, lane)
        told = await announce(Command.given(Action.CLEAR_CACHE, lane))
        return await _cleared(chosen, workers_told=told)

    @router.post("/reload", dependencies=[UNHURRIED], responses={409: {"model": Reloaded}})
    async def reload(
        response: Response,
        lane: Lane = None,
        *,
        force: Annotated[bool, Query(description="Even if it agrees too little.")] = False,
    ) -> Reloaded:
        """Open what lies where the models are, here and in the workers; it takes over if it holds.

        The answer says what came of it here; each worker reports what came of it there.
        """
        chosen = _chosen(desks, lane)
        told = await announce(Command.given(Action.RELOAD, lane, force=force))
        reloaded = await _reloaded(chosen, force=force, workers_told=told)
        response.status_code = 200 if reloaded.success else 409
        return reloaded

    return router


def _chosen(desks: Desks, lane: str | None) -> Desks:
    return desks if lane is None else {lane: named(desks, lane)}


async def _reloaded(desks: Desks, *, force: bool, workers_told: bool | None) -> Reloaded:
    comparisons = {
        name: told_outside(await desk.opened.swap.reload(force=force))
        for name, desk in desks.items()
    }
    success = all(one.took_over for one in comparisons.values())
    return Reloaded(success=success, comparisons=comparisons, workers_told=workers_told)


async def _cleared(desks: Desks, *, workers_told: bool | None) -> Done:
    failed = [
        f"{name}/{tier}" for name, desk in desks.items() for tier in await desk.opened.cache.clear()
    ]
    if failed:
        message = f"Not cleared, try again: {', '.join(failed)}."
        return Done(success=False, message=message, workers_told=workers_told)
    return Done(message="The cache is empty.", workers_told=workers_told)
