"""The whole HTTP side of the consumer."""

from fastapi import FastAPI

from consumer.condition import Condition
from consumer.routes.asking import asking_routes
from consumer.routes.letters import letter_routes
from consumer.routes.replays import replay_routes
from consumer.routes.results import result_routes
from consumer.routes.views import view_routes
from consumer.store.store import Store
from inference.kafka import KafkaSettings, Topics
from inference.web.applications import application
from inference.web.guard.guard import Guard


def create_api(
    store: Store, condition: Condition, kafka: KafkaSettings, topics: Topics, guard: Guard
) -> FastAPI:
    """Results, figures and dead letters out of the store, and replays through Kafka."""
    app = application(
        "Penstock: consumer",
        "Gives out results and dead letters.",
        condition.live,
        condition.ready,
        guard,
    )
    app.include_router(result_routes(store))
    app.include_router(asking_routes(store, kafka, topics))
    app.include_router(replay_routes(store, kafka, topics))
    app.include_router(letter_routes(store, kafka))
    app.include_router(view_routes(store))
    return app
