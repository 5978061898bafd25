"""The HTTP side of inference, put together from the desks of its lanes."""

from collections.abc import Mapping
from functools import partial

from fastapi import FastAPI

from inference import lanes
from inference.kafka import Topics
from inference.serve.announcing import Announce, nobody
from inference.serve.desk import Desk
from inference.serve.inference_routes import inference_routes
from inference.serve.model_routes import model_routes
from inference.serve.settings import ServeSettings
from inference.serve.window import Window
from inference.web.applications import application
from inference.web.guard.guard import Guard
from inference.web.guard.scopes import WRITE
from inference.web.lanes import lane_routes


def create_api(
    desks: Mapping[str, Desk],
    topics: Topics,
    settings: ServeSettings,
    guard: Guard,
    announce: Announce = nobody,
) -> FastAPI:
    """Asks any lane, says how its models do, and has what routes the lanes bring along."""
    app = application(
        "Penstock: inference", "Answers from every lane.", _well, partial(_ready, desks), guard
    )
    windows = {name: Window(desk) for name, desk in desks.items()}
    app.include_router(inference_routes(windows, settings))
    app.include_router(model_routes(desks, announce))
    app.include_router(lane_routes({name: desk.contract for name, desk in desks.items()}, topics))
    for name, window in windows.items():
        own = lanes.routes(name)
        if own is not None:
            app.include_router(own(window), tags=[name], dependencies=[WRITE])
    return app


def _well() -> Mapping[str, str | None]:
    """The loop turns, since this is answered."""
    return {"loop": None}


def _ready(desks: Mapping[str, Desk]) -> Mapping[str, str | None]:
    """Every lane can answer."""
    return {name: desk.trouble for name, desk in desks.items()}
