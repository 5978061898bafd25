"""An HTTP application with what all three programs have: problems, health, metrics, a guard."""

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import ASGIApp

from inference.web import problems
from inference.web.documentation import add_documentation
from inference.web.guard.usage_routes import usage_routes
from inference.web.health import Probe, health_routes

if TYPE_CHECKING:  # a worker's own side has no guard, and need not load what counts callers
    from inference.web.guard.guard import Guard


class Guarded(FastAPI):
    """Nothing reaches it, and nothing leaves it, but by its guard."""

    guard: "Guard"

    def build_middleware_stack(self) -> ASGIApp:
        """The guard stands outside even of what answers for defects."""
        return self.guard.around(self, super().build_middleware_stack())


def application(
    title: str, summary: str, live: Probe, ready: Probe, guard: "Guard | None" = None
) -> FastAPI:
    """An application without routes of its own; unguarded, it is for this machine's eyes only."""
    app = _application(title, summary, guard)
    problems.install(app)
    add_documentation(app)
    app.include_router(health_routes(live, ready))
    return app


def _application(title: str, summary: str, guard: "Guard | None") -> FastAPI:
    # The pages that FastAPI would add carry scripts that no policy would let run.
    if guard is None:
        return FastAPI(title=title, summary=summary, docs_url=None, redoc_url=None)
    app = Guarded(title=title, summary=summary, docs_url=None, redoc_url=None, lifespan=guard.open)
    app.guard = guard
    app.include_router(usage_routes(guard.usage))
    return app
