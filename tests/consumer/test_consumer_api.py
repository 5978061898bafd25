"""The HTTP side over both stores; Kafka is not asked, except where a test says so."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from letters_and_answers import START, document, letter_row, row
from traffic_of_answers import until

from consumer.api import create_api
from consumer.condition import Condition
from consumer.store import writing
from consumer.store.rows import Place, unreadable
from consumer.store.store import Store
from inference.kafka import KafkaSettings, Topics
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings

NOBODY = KafkaSettings(bootstrap_servers="127.0.0.1:1")
STRANGE_IDS = ["orders/17", "a b", "ä%2F?", "x" * 3000, "a&b=c#d"]


@pytest.fixture
async def app(store: Store) -> FastAPI:
    return create_api(store, Condition(60), NOBODY, Topics(), Guard(GuardSettings(), "127.0.0.1"))


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def somebody_waits(store: Store) -> bool:
    return store.bell.listeners > 0


async def test_a_result_is_given_as_it_came(http: AsyncClient, store: Store) -> None:
    await store.write([row("a")])
    answer = await http.get("/results/a")

    assert (answer.status_code, answer.json()) == (200, {"results": [document("a")]})


@pytest.mark.parametrize("request_id", STRANGE_IDS)
async def test_any_id_that_a_sender_chose_can_be_asked_for(
    http: AsyncClient, store: Store, request_id: str
) -> None:
    await store.write([row(request_id)])
    answer = await http.get(f"/results/{quote(request_id, safe='')}")

    assert answer.json()["results"][0]["request"]["id"] == request_id


async def test_source_and_lane_narrow_the_answers(http: AsyncClient, store: Store) -> None:
    await store.write([row("a", id="1"), row("a", id="2", lane="other")])
    both, one, none = [
        await http.get("/results/a", params=narrowed)
        for narrowed in ({}, {"lane": "other"}, {"source": "/elsewhere"})
    ]

    assert len(both.json()["results"]) == 2
    assert [found["id"] for found in one.json()["results"]] == ["2"]
    assert none.status_code == 404


async def test_an_answer_that_is_not_there_is_a_problem_that_says_how_to_wait(
    http: AsyncClient,
) -> None:
    answer = await http.get("/results/unknown")

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["title"]) == (404, "No answer yet")
    assert "?wait=5s" in answer.json()["detail"]


async def test_a_reader_who_waits_gets_the_answer_as_soon_as_it_is_stored(
    http: AsyncClient, store: Store
) -> None:
    waiting = asyncio.create_task(http.get("/results/a", params={"wait": "30s"}))
    async with asyncio.timeout(10):
        await until(partial(somebody_waits, store))
        await store.write([row("a")])
        answer = await waiting

    assert answer.json()["results"] == [document("a")]


async def test_a_reader_waits_no_longer_than_asked(http: AsyncClient) -> None:
    started = time.monotonic()
    answer = await http.get("/results/a", params={"wait": "300ms"})

    assert (answer.status_code, time.monotonic() - started >= 0.3) == (404, True)


async def test_a_reader_who_waits_is_sent_home_when_the_program_ends(
    http: AsyncClient, store: Store
) -> None:
    waiting = asyncio.create_task(http.get("/results/a", params={"wait": "60s"}))
    async with asyncio.timeout(10):
        await until(partial(somebody_waits, store))
        store.bell.close()

        assert (await waiting).status_code == 404


async def test_a_reader_who_waits_is_told_that_the_request_was_dead_lettered(
    http: AsyncClient, store: Store
) -> None:
    waiting = asyncio.create_task(http.get("/results/a", params={"wait": "60s"}))
    async with asyncio.timeout(10):
        await until(partial(somebody_waits, store))
        await store.write([letter_row("a")])
        answer = await waiting

    assert (answer.status_code, answer.json()["title"]) == (404, "Dead-lettered")
    assert "refused in full: it asked for it" in answer.json()["detail"]


async def test_a_dead_letter_that_was_replayed_can_be_waited_for_again(
    http: AsyncClient, store: Store
) -> None:
    letter = letter_row("a")
    await store.write([letter])
    await store.change(partial(writing.mark_replayed, ids=[letter.id], now=START))
    answer = await http.get("/results/a")

    assert answer.json()["title"] == "No answer yet"


async def test_pages_of_results_follow_one_another(http: AsyncClient, store: Store) -> None:
    await store.write([row(str(n), n, key=b"k") for n in range(5)])
    path, seen = "/results?lane=echo&key=k&limit=2", []
    while path:
        page = (await http.get(path)).json()
        seen += [found["request"]["id"] for found in page["results"]]
        path = page["next"]

    assert seen == ["4", "3", "2", "1", "0"]


async def test_pages_of_dead_letters_follow_one_another(http: AsyncClient, store: Store) -> None:
    await store.write([letter_row(str(n), n) for n in range(5)])
    path, seen = "/dead-letters?reason=refused&lane=echo&limit=2", []
    while path:
        page = (await http.get(path)).json()
        seen += [found["request_id"] for found in page["dead_letters"]]
        path = page["next"]

    assert seen == ["4", "3", "2", "1", "0"]


async def test_a_dead_letter_is_shown_with_its_places(http: AsyncClient, store: Store) -> None:
    letter = letter_row("a", 5)
    await store.write([letter])
    shown = (await http.get(f"/dead-letters/{letter.id}")).json()

    assert shown["place"] == {"topic": "dead-letters", "partition": 0, "offset": 5}
    assert shown["original"] == {"topic": "echo.requests", "partition": 0, "offset": 7}
    assert shown["time"] == "2023-11-14T22:13:20.005000Z"
    assert shown["in_kafka"] is None  # nobody can be asked


async def test_records_that_could_not_be_understood_are_listed(
    http: AsyncClient, store: Store
) -> None:
    await store.write([unreadable(Place("results", 1, 2, START), "not a result")])
    shown = (await http.get("/unreadable")).json()["unreadable"]

    assert [found["place"]["offset"] for found in shown] == [2]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/results?since=yesterday", "2026-01-31T09:00:00Z or 2h"),
        ("/results?cursor=nonsense", "`next` of the page before"),
        ("/results?limit=501", "does not have the form"),
        ("/results/a?wait=soon", "such as 5s"),
        ("/results/a?wait=61s", "60s at most"),
        ("/dead-letters?reason=whim", "does not have the form"),
    ],
)
async def test_a_query_that_is_wrong_is_told_how_to_be_right(
    http: AsyncClient, path: str, said: str
) -> None:
    answer = await http.get(path)

    assert (answer.status_code, said in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("path", ["/dead-letters/replay", "/results/replay"])
async def test_a_replay_of_nothing_in_particular_is_refused(http: AsyncClient, path: str) -> None:
    answer = await http.post(path, json={"dry_run": True})

    assert (answer.status_code, answer.json()["title"]) == (422, "Nothing selected")
    assert "all: true" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["dead_letters", "results"])
async def test_a_replay_whose_selection_is_empty_needs_no_broker(
    http: AsyncClient, store: Store, kind: str
) -> None:
    await store.write([row("a")])
    answer = await http.post(f"/{kind.replace('_', '-')}/replay", json={"lane": "echo"})

    assert answer.json() == {"dry_run": False, "chosen": 0, "counts": {}, kind: []}


@pytest.mark.parametrize("path", ["/dead-letters/replay", "/results/replay"])
async def test_a_replay_without_a_broker_says_so(
    http: AsyncClient, store: Store, path: str
) -> None:
    await store.write([letter_row("a"), row("b", degraded=True)])
    answer = await http.post(path, json={"lane": "echo"})

    assert (answer.status_code, answer.json()["title"]) == (503, "Unavailable")


async def test_readiness_says_what_is_away(http: AsyncClient) -> None:
    answer = await http.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == "not connected yet"


async def test_every_route_is_described_with_an_example(app: FastAPI) -> None:
    described = app.openapi()
    for path in ("/results", "/results/{request_id}", "/dead-letters", "/dead-letters/{identity}"):
        operation = described["paths"][path]["get"]
        assert operation["description"], path
        assert "200" in operation["responses"], path
    assert described["components"]["schemas"]["Letter"]["properties"]["id"]["examples"]
