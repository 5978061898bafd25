import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from saying_no import SayingNo

from inference.kafka import Topics
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings
from inference.web.lanes import contracts
from producer.api import create_api
from producer.event import Event
from producer.failures import Refused, TooLarge, Unacknowledged, Unpublished, Unsent
from producer.intake import Intake
from producer.memory import MemoryPublisher
from producer.publish import Publisher
from producer.settings import ProducerSettings

PATH = "/lanes/echo/requests"
TEXT = {"content-type": "text/plain; charset=utf-8"}


def api(publisher: Publisher) -> FastAPI:
    settings = ProducerSettings(consumer_url="http://results.test:8002/")
    guard = Guard(GuardSettings(), settings.host)
    return create_api(
        Intake(publisher, Topics()), contracts(Topics()), settings, lambda: {"loop": None}, guard
    )


def client_of(publisher: Publisher) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(api(publisher)), base_url="http://localhost")


@pytest.fixture
def memory() -> MemoryPublisher:
    return MemoryPublisher()


@pytest.fixture
async def client(memory: MemoryPublisher) -> AsyncIterator[AsyncClient]:
    async with client_of(memory) as client:
        yield client


def kept(memory: MemoryPublisher) -> Event:
    (event,) = [e for partition in memory.topics["echo.requests"] for e in partition]
    return event


def assert_problem(answer: Response, status: int, detail: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


async def test_a_raw_body_is_published_and_its_place_is_told(
    client: AsyncClient, memory: MemoryPublisher
) -> None:
    answer = await client.post(PATH, content=b"good day", headers=TEXT, params={"key": "k"})
    assert answer.status_code == 202
    event, told = kept(memory), answer.json()
    assert (event.content.data, event.content.type, event.key) == (b"good day", "text/plain", b"k")
    assert told.pop("partition") in range(4)
    assert told == {
        "id": event.id, "source": "/penstock/producer", "lane": "echo", "topic": "echo.requests",
        "offset": 0,
    }  # fmt: skip
    assert answer.headers["location"] == f"http://results.test:8002/results/{event.id}"


async def test_a_file_of_a_form_is_published(client: AsyncClient, memory: MemoryPublisher) -> None:
    files = {"file": ("note.txt", b"good day", "text/plain")}
    answer = await client.post(PATH, files=files, data={"comment": "ignored"})
    assert answer.status_code == 202
    assert kept(memory).content == (b"good day", "text/plain")


async def test_a_large_file_of_a_form_never_touches_the_disk(
    client: AsyncClient, memory: MemoryPublisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there-is-no-such-folder"))
    answer = await client.post(PATH, files={"file": ("a.txt", b"x" * 1_000_000, "text/plain")})
    assert answer.status_code == 202
    assert len(kept(memory).content.data) == 1_000_000


async def test_the_sender_may_give_id_and_source(
    client: AsyncClient, memory: MemoryPublisher
) -> None:
    query = {"id": "photo/7 ä", "source": "/camera"}
    answer = await client.post(PATH, content=b"a", headers=TEXT, params=query)
    assert (kept(memory).id, kept(memory).source) == ("photo/7 ä", "/camera")
    assert answer.headers["location"].endswith("/results/photo%2F7%20%C3%A4")


async def test_cloudevents_headers_are_understood(
    client: AsyncClient, memory: MemoryPublisher
) -> None:
    said = {"ce-specversion": "1.0", "ce-id": "caf%C3%A9", "ce-source": "/camera"}
    said |= {"ce-type": "penstock.echo.requested.v1"}
    answer = await client.post(PATH, content=b"a", headers=TEXT | said)
    assert answer.status_code == 202
    assert (kept(memory).id, kept(memory).source) == ("café", "/camera")


async def test_an_event_for_another_lane_is_refused(client: AsyncClient) -> None:
    said = {"ce-type": "penstock.news-analysis.requested.v1"}
    answer = await client.post(PATH, content=b"a", headers=TEXT | said)
    assert_problem(answer, 422, "penstock.echo.requested.v1")


@pytest.mark.parametrize("said", [{"ce-id": "two%0Alines"}, {"ce-source": "%00"}])
async def test_an_id_of_several_lines_is_refused(client: AsyncClient, said: dict[str, str]) -> None:
    assert_problem(await client.post(PATH, content=b"a", headers=TEXT | said), 422, "one line")
    (value,) = said.values()
    answer = await client.post(f"{PATH}?id={value}", content=b"a", headers=TEXT)
    assert_problem(answer, 422, "form")


@pytest.mark.parametrize("kind", [None, "application/octet-stream"])
async def test_a_type_that_nobody_said_is_seen_from_the_bytes(
    client: AsyncClient, memory: MemoryPublisher, kind: str | None
) -> None:
    await client.post(PATH, content=b'{"a": 1}', headers={"content-type": kind} if kind else {})
    assert kept(memory).content.type == "application/json"


async def test_what_the_lane_would_not_take_is_told_in_its_own_words(client: AsyncClient) -> None:
    answer = await client.post(PATH, content=b"\xff", headers=TEXT)
    assert_problem(answer, 422, "malformed: the value is not UTF-8 text.")


async def test_content_of_another_type_is_told_which_types_the_lane_takes(
    client: AsyncClient,
) -> None:
    answer = await client.post(
        PATH, content=b"\xff\xd8\xff", headers={"content-type": "image/jpeg"}
    )
    assert_problem(answer, 415, "This lane takes text/plain.")
    assert answer.headers["accept"] == "text/plain"


async def test_an_unknown_lane_is_told_which_there_are(client: AsyncClient) -> None:
    answer = await client.post("/lanes/nothing/requests", content=b"a")
    assert_problem(answer, 404, "There are these lanes: echo")


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100_000


async def test_a_body_that_is_too_large_is_refused(
    client: AsyncClient, memory: MemoryPublisher
) -> None:
    declared = await client.post(PATH, content=b"x" * 1_000_001, headers=TEXT)
    assert_problem(declared, 413, "At most 1000000 bytes")
    streamed = await client.post(PATH, content=chunks(30), headers=TEXT)
    assert_problem(streamed, 413, "At most 1000000 bytes")
    form = await client.post(PATH, files={"file": b"x" * 1_000_001})
    assert_problem(form, 413, "At most 1000000 bytes")
    assert not memory.topics


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--', 422, "'file'"),
        (b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--', 422, "'file'"),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\ncut',
            400,
            "last boundary",
        ),
        (b"no form at all", 400, "Invalid"),
    ],
)
async def test_a_form_without_a_whole_file_is_refused(
    client: AsyncClient, body: bytes, status: int, detail: str
) -> None:
    said = {"content-type": "multipart/form-data; boundary=b"}
    assert_problem(await client.post(PATH, content=body, headers=said), status, detail)


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Unacknowledged("silence; the event may still be written"), 503),
        (Unsent("no broker"), 503),
        (TooLarge("echo.requests", 99), 413),
        (Refused("this user may not write"), 502),
    ],
)
async def test_an_event_that_is_not_on_kafka_is_a_problem_that_says_why(
    failure: Unpublished, status: int
) -> None:
    async with client_of(SayingNo(failure)) as client:
        answer = await client.post(PATH, content=b"a", headers=TEXT)
        assert_problem(answer, status, str(failure))
        assert ("retry-after" in answer.headers) is (status == 503)
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200


async def test_the_lanes_are_listed(client: AsyncClient) -> None:
    cards = {card["lane"]: card for card in (await client.get("/lanes")).json()}
    assert cards["echo"]["topic"] == "echo.requests"
    assert cards["echo"]["content_types"] == ["text/plain"]
    assert cards["echo"]["max_bytes"] == 1_000_000


async def test_the_openapi_document_shows_bodies_and_problems(client: AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    post = document["paths"]["/lanes/{lane}/requests"]["post"]
    assert {"text/plain", "multipart/form-data"} <= post["requestBody"]["content"].keys()
    assert {"202", "404", "413", "415", "422", "503"} <= post["responses"].keys()
    assert "application/problem+json" in post["responses"]["422"]["content"]


async def test_the_producers_series_are_served(client: AsyncClient) -> None:
    await client.post(PATH, content=b"good day", headers=TEXT)
    series = (await client.get("/metrics")).text
    assert 'producer_events_total{lane="echo",outcome="written"}' in series
