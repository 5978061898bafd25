"""The lanes there are, over HTTP."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, Field

from inference import lanes
from inference.contract import Contract
from inference.kafka import Topics
from inference.web.guard.scopes import READ
from inference.web.problems import Problem

Contracts = Mapping[str, Contract[Any, Any]]
Named = TypeVar("Named")


class LaneCard(BaseModel):
    """What a sender has to know about a lane."""

    lane: str = Field(examples=["image-classification"])
    topic: str = Field(examples=["image-classification.requests"])
    content_types: tuple[str, ...] = Field(examples=[("image/jpeg", "image/png")])
    max_bytes: int = Field(examples=[5 * 1024 * 1024])
    version: int = Field(description="The contract's version.")
    request_type: str = Field(description="The CloudEvents type of a request.")
    result_type: str = Field(description="The CloudEvents type of a result.")
    sensitive: bool

    @classmethod
    def of(cls, contract: Contract[Any, Any], topic: str) -> Self:
        """The card of one lane."""
        return cls(
            lane=contract.lane,
            topic=topic,
            content_types=contract.content_types,
            max_bytes=contract.max_bytes,
            version=contract.version,
            request_type=contract.request_type,
            result_type=contract.result_type,
            sensitive=contract.sensitive,
        )


def contracts(topics: Topics) -> Contracts:
    """The contract of every lane found, with the limits that are set."""
    return {name: topics.bounded(lanes.contract(name)) for name in lanes.packages()}


def named(found: Mapping[str, Named], lane: str) -> Named:
    """What there is under a lane's name, or a 404 that says which lanes there are."""
    if lane not in found:
        detail = f"There are these lanes: {', '.join(found)}."
        raise Problem(HTTPStatus.NOT_FOUND, "Unknown lane", detail)
    return found[lane]


def lane_routes(found: Contracts, topics: Topics) -> APIRouter:
    """The route /lanes."""
    router = APIRouter(tags=["lanes"], dependencies=[READ])
    cards = [LaneCard.of(contract, topics.requests(name)) for name, contract in found.items()]

    @router.get("/lanes")
    async def list_lanes() -> list[LaneCard]:
        """Every lane, what it takes and where it reads."""
        return cards

    return router
