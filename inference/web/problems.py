"""Every error over HTTP is a problem document (RFC 9457), and none quotes what was sent.

Problem             what a route raises to say no
HTTPException       unknown paths (404), wrong methods (405) and whatever a library refuses
validation errors   422, with the place and the reason of each, never the value
Unavailable         503: try again later
Misconfigured       500: the sentence that says which setting is wrong
anything else       500: no message, no stack trace; the server's log has the places
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from inference.errors import Misconfigured, Unavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"
RETRY = {"Retry-After": RETRY_AFTER}
_BLANK = "about:blank"


class Fault(BaseModel):
    """One place in a request that is wrong."""

    place: str = Field(examples=["query.limit"])
    detail: str = Field(examples=["Input should be a valid integer"])


class ProblemDocument(BaseModel):
    """Why a request has no answer (RFC 9457)."""

    type: str = Field(description="A name for this kind of problem.", examples=["about:blank"])
    title: str
    status: int
    detail: str | None = None
    errors: list[Fault] | None = Field(None, description="The places that are wrong, if several.")


class Problem(HTTPException):
    """A request that gets no answer, and why; raised by routes and by what they read from.

    FastAPI lets only this kind of exception out of its own reading of bodies.
    """

    def __init__(
        self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail, headers)
        self.title = title


def install(app: FastAPI) -> None:
    """Make every error of this application a problem document."""
    app.add_exception_handler(Problem, _raised)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Misconfigured, _misconfigured)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's OpenAPI says about these statuses."""
    schema = {"schema": ProblemDocument.model_json_schema()}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }


def respond(
    status: int,
    detail: str | None,
    *,
    title: str | None = None,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Fault] | None = None,
) -> JSONResponse:
    """A problem document as a response; a title of its own gives the problem a type of its own."""
    named = title or HTTPStatus(status).phrase
    kind = _BLANK if title is None else "/problems/" + re.sub(r"\W+", "-", title.lower())
    document = ProblemDocument(
        type=kind, title=named, status=status, detail=detail, errors=list(errors or ()) or None
    )
    content = document.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def answer(problem: Problem) -> JSONResponse:
    """The document about this problem."""
    return respond(
        problem.status_code, problem.detail, title=problem.title, headers=problem.headers
    )


async def _raised(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(error)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail: str | None = str(error.detail)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and error.headers:
        detail = f"This path takes {error.headers.get('Allow', 'other methods')}."
    elif error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "There is nothing at this path; /docs lists what there is."
    elif detail == HTTPStatus(error.status_code).phrase:
        detail = None
    return respond(error.status_code, detail, headers=error.headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [
        Fault(place=".".join(str(step) for step in fault["loc"]), detail=_reason(fault))
        for fault in error.errors()
    ]
    return respond(422, "The request does not have the form that this path takes.", errors=faults)


def _reason(fault: Mapping[str, Any]) -> str:
    # A validator's own ValueError is free text, which may quote the input.
    return "Value error" if fault["type"] == "value_error" else str(fault["msg"])


async def _misconfigured(_request: Request, error: Exception) -> JSONResponse:
    return respond(500, str(error), title="Misconfigured")


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return respond(503, str(error), title="Unavailable", headers=RETRY)


async def _gone(_request: Request, _error: Exception) -> JSONResponse:
    return respond(400, "The connection was closed before the request was complete.")


async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    return respond(500, "Something failed here that is not the request's fault; the log has it.")
