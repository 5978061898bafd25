"""The models behind the lanes, over HTTP: how they do, what is kept, and a new version of them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from inference.serve.figures import Desks, cache_info, figures, models_in_use
from inference.serve.told import Cache, Done, Reloaded, Stats
from inference.web import problems
from inference.web.guard.scopes import ADMIN, READ, UNHURRIED
from inference.web.problems import Problem

Lane = Annotated[str | None, Query(description="Only this lane.")]
_PROBLEMS = problems.responses(401, 403, 404)


def model_routes(desks: Desks) -> APIRouter:
    """The routes below /model."""
    router = APIRouter(prefix="/model", tags=["models"], responses=_PROBLEMS)
    router.include_router(_reading(desks))
    router.include_router(_changing(desks))
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
            comparisons={name: found for name, found in compared.items() if found is not None},
        )

    @router.get("/cache")
    async def cache(lane: Lane = None) -> Cache:
        """What is kept, tier by tier."""
        chosen = _chosen(desks, lane)
        states = {name: desk.opened.cache.snapshot() for name, desk in chosen.items()}
        told: dict[str, object] = {name: state.model_dump() for name, state in states.items()}
        return Cache(cache_info=cache_info(chosen.values()), statistics=told)

    return router


def _changing(desks: Desks) -> APIRouter:
    router = APIRouter(dependencies=[ADMIN])

    @router.delete("/cache")
    async def clear(lane: Lane = None) -> Done:
        """Forget every answer that is kept."""
        return await _cleared(_chosen(desks, lane))

    @router.post("/reload", dependencies=[UNHURRIED], responses={409: {"model": Reloaded}})
    async def reload(
        response: Response,
        lane: Lane = None,
        *,
        force: Annotated[bool, Query(description="Even if it agrees too little.")] = False,
    ) -> Reloaded:
        """Open what lies where the models are, and let it take over if it holds."""
        comparisons = {
            name: await desk.opened.swap.reload(force=force)
            for name, desk in _chosen(desks, lane).items()
        }
        success = all(one.took_over for one in comparisons.values())
        response.status_code = 200 if success else 409
        return Reloaded(success=success, comparisons=comparisons)

    return router


def _chosen(desks: Desks, lane: str | None) -> Desks:
    if lane is None:
        return desks
    if lane not in desks:
        raise Problem(404, "Unknown lane", f"There are these lanes: {', '.join(desks)}.")
    return {lane: desks[lane]}


async def _cleared(desks: Desks) -> Done:
    failed = [
        f"{name}/{tier}" for name, desk in desks.items() for tier in await desk.opened.cache.clear()
    ]
    if failed:
        return Done(success=False, message=f"Not cleared, try again: {', '.join(failed)}.")
    return Done(message="The cache is empty.")
