"""The producer over HTTP: one body or file in, the place where it was written out."""

from http import HTTPStatus
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Path, Request, Response
from pydantic import BaseModel, Field

from inference.contract import Content
from inference.web import problems
from inference.web.applications import application
from inference.web.bodies import MULTIPART, upload
from inference.web.guard.guard import Guard
from inference.web.guard.scopes import WRITE
from inference.web.health import Probe
from inference.web.lanes import Contracts, lane_routes, named
from inference.web.problems import Problem
from producer.asked import Asked
from producer.content_types import known
from producer.event import Label, Written
from producer.failures import Refused, TooLarge, Unfit, Unpublished
from producer.intake import Intake
from producer.settings import ProducerSettings

_PROBLEMS = problems.responses(400, 401, 403, 404, 408, 413, 415, 422, 429, 502, 503)
_FILE: dict[str, Any] = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": _FILE}}


class Accepted(BaseModel):
    """Where the broker has put an event."""

    id: str = Field(examples=["0f8fad5b-d9cb-469f-a165-70867728950e"])
    source: str = Field(examples=["/penstock/producer"])
    lane: str = Field(examples=["image-classification"])
    topic: str = Field(examples=["image-classification.requests"])
    partition: int = Field(examples=[7])
    offset: int = Field(examples=[42])


class Counter(NamedTuple):
    """What the route needs: where events are handed in, for which lanes, and what to say then."""

    intake: Intake
    contracts: Contracts
    settings: ProducerSettings

    async def take(self, request: Request, lane: str, asked: Asked) -> Written:
        """Reads the request within the lane's limit and publishes what it carries."""
        contract = named(self.contracts, lane)
        asked.must_suit(contract)
        sent = await upload(request, contract.max_bytes)
        content = Content(sent.data, known(sent.type, sent.data, sent.name))
        label = Label(asked.source or self.settings.source, asked.id, asked.key)
        try:
            return await self.intake.take(contract, content, label)
        except Unfit as failure:
            raise _unfit(failure, content.type) from failure
        except TooLarge as failure:
            raise Problem(413, "Content too large", f"{failure}.") from failure
        except Refused as failure:
            raise Problem(502, "Refused by the broker", f"{failure}.") from failure
        except Unpublished as failure:
            raise Problem(503, "Not acknowledged", f"{failure}.", problems.RETRY) from failure


def create_api(
    intake: Intake, found: Contracts, settings: ProducerSettings, live: Probe, guard: Guard
) -> FastAPI:
    """The whole HTTP side of the producer."""
    app = application(
        "Penstock: producer", "Puts requests on Kafka.", live, intake.publisher.checks, guard
    )
    app.include_router(lane_routes(found, intake.topics))
    app.include_router(_request_routes(Counter(intake, found, settings)))
    return app


def _request_routes(counter: Counter) -> APIRouter:
    router = APIRouter(tags=["requests"], dependencies=[WRITE])

    @router.post(
        "/lanes/{lane}/requests",
        status_code=HTTPStatus.ACCEPTED,
        responses=_PROBLEMS,
        openapi_extra={"requestBody": _body(counter.contracts)},
    )
    async def publish(
        request: Request,
        response: Response,
        lane: Annotated[str, Path(examples=list(counter.contracts)[:1])],
        asked: Annotated[Asked, Depends(Asked.of)],
    ) -> Accepted:
        """Publish one request, as raw body or as the file of a form; answered once it is safe.

        `Location` says where its result can be asked for.
        """
        written = await counter.take(request, lane, asked)
        results = counter.settings.consumer_url.rstrip("/")
        response.headers["location"] = f"{results}/results/{quote(written.id, safe='')}"
        return Accepted(**written._asdict())

    return router


def _unfit(failure: Unfit, content_type: str | None) -> Problem:
    """The lane's own words; where another content type was sent, that is what is wrong."""
    taken = failure.contract.content_types
    if content_type not in taken:
        detail = f"{failure}. This lane takes {', '.join(taken)}."
        return Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported content", detail,
            {"Accept": ", ".join(taken)},
        )  # fmt: skip
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Unfit content", f"{failure}.")


def _body(found: Contracts) -> dict[str, Any]:
    types = sorted({kind for contract in found.values() for kind in contract.content_types})
    content = {kind: {"schema": _FILE} for kind in types}
    return {"required": True, "content": content | {MULTIPART: {"schema": _FORM}}}
