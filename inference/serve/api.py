"""The HTTP side of inference."""

from fastapi import FastAPI

from inference.kafka import Topics
from inference.web.applications import application
from inference.web.health import Probe
from inference.web.lanes import Contracts, lane_routes


def create_api(found: Contracts, topics: Topics, live: Probe, ready: Probe) -> FastAPI:
    """Says which lanes there are, and how this process is."""
    app = application("Penstock: inference", "Answers from every lane.", live, ready)
    app.include_router(lane_routes(found, topics))
    return app
