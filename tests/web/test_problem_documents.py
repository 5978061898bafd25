from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, HTTPException, Query
from httpx import ASGITransport, AsyncClient, Response
from pydantic import BaseModel, field_validator

from inference.errors import Misconfigured, Unavailable
from inference.web import problems
from inference.web.problems import Problem

SECRET = "blood group AB"


class Record(BaseModel):
    age: int
    note: str = ""

    @field_validator("note")
    @classmethod
    def _never(cls, value: str) -> str:
        if value:
            message = f"bad note {value}"
            raise ValueError(message)
        return value


def failing() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    raised = {
        "problem": Problem(409, "Too late", "The lane was closed.", {"Retry-After": "7"}),
        "library": HTTPException(413, "too large"),
        "misconfigured": Misconfigured("MODEL_DIR names no folder"),
        "unavailable": Unavailable("no rung is left"),
        "defect": RuntimeError(SECRET),
    }

    @app.get("/raise/{name}")
    async def raise_it(name: str) -> None:
        raise raised[name]

    @app.post("/records")
    async def record(_record: Annotated[Record, Body()], _page: Annotated[int, Query()] = 1) -> str:
        return "taken"

    return app


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(failing(), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def assert_problem(answer: Response, status: int, detail: str) -> None:
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


async def test_what_a_route_raises_is_a_problem_with_its_own_type_and_headers(
    client: AsyncClient,
) -> None:
    answer = await client.get("/raise/problem")
    assert_problem(answer, 409, "The lane was closed.")
    assert answer.json()["type"] == "/problems/too-late"
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("name", "status", "detail"),
    [
        ("library", 413, "too large"),
        ("misconfigured", 500, "MODEL_DIR"),
        ("unavailable", 503, "no rung is left"),
        ("defect", 500, "the log has it"),
    ],
)
async def test_whatever_is_raised_is_a_problem(
    client: AsyncClient, name: str, status: int, detail: str
) -> None:
    answer = await client.get(f"/raise/{name}")
    assert_problem(answer, status, detail)
    assert SECRET not in answer.text


async def test_an_unknown_path_and_a_wrong_method_are_problems(client: AsyncClient) -> None:
    assert_problem(await client.get("/nothing"), 404, "nothing at this path")
    wrong = await client.delete("/records")
    assert_problem(wrong, 405, "takes POST")
    assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize("body", [{"age": SECRET}, {"age": 3, "note": SECRET}, SECRET, None])
async def test_a_wrong_body_is_told_its_places_and_never_quoted(
    client: AsyncClient, body: object
) -> None:
    answer = await client.post("/records", json=body)
    assert_problem(answer, 422, "form")
    assert answer.json()["errors"][0]["place"].startswith("body")
    assert SECRET not in answer.text


async def test_a_wrong_query_is_told_its_place(client: AsyncClient) -> None:
    answer = await client.post("/records?_page=x", json={"age": 3})
    assert answer.json()["errors"][0]["place"] == "query._page"


async def test_bytes_that_are_not_json_are_a_problem(client: AsyncClient) -> None:
    answer = await client.post("/records", content=b'{"age": \xff')
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
