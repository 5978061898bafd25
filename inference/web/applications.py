"""An HTTP application with what all three programs have: problem documents, health, metrics."""

from fastapi import FastAPI

from inference.web import problems
from inference.web.health import Probe, health_routes


def application(title: str, summary: str, live: Probe, ready: Probe) -> FastAPI:
    """An application without routes of its own."""
    app = FastAPI(title=title, summary=summary)
    problems.install(app)
    app.include_router(health_routes(live, ready))
    return app
