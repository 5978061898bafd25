"""The producer's HTTP side as a process, with a real broker behind it."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable

import pytest
from httpx import AsyncClient, TransportError
from processes import serving
from topic_contents import records

from inference import lanes
from local import topics
from local.kafka import Broker

pytestmark = pytest.mark.kafka

TEXT = {"content-type": "text/plain"}
PATH = "/lanes/echo/requests"


@pytest.fixture
async def topic(broker: Broker, names: Callable[[str], str]) -> str:
    name = names("echo")
    await topics.create(broker.bootstrap, [name])
    return name


def to_topic(topic: str) -> dict[str, str]:
    """Every lane there is reads this one topic, so that none is missing."""
    return {"REQUESTS_TOPICS": json.dumps(dict.fromkeys(lanes.packages(), topic))}


async def ready(client: AsyncClient, status: int = 200) -> dict[str, str | None]:
    """What /health/ready says, as soon as it answers with that status."""
    async with asyncio.timeout(30):
        while (answer := await client.get("/health/ready")).status_code != status:
            await asyncio.sleep(0.05)
    checks: dict[str, str | None] = answer.json()["checks"]
    return checks


async def test_what_is_posted_is_on_kafka_when_it_is_answered(broker: Broker, topic: str) -> None:
    with serving(broker.bootstrap, to_topic(topic)) as server:
        async with AsyncClient(base_url=server.url) as client:
            query = {"id": "one", "key": "k"}
            told = await client.post(PATH, content=b"good day", headers=TEXT, params=query)
            form = await client.post(PATH, files={"file": ("a.txt", b"from a form")})
            again = await client.post(PATH, content=b"good day", headers=TEXT, params=query)
    assert [answer.status_code for answer in (told, form, again)] == [202, 202, 202]
    found = await records(broker.bootstrap, topic)
    assert [record.value for record in found] == [b"good day", b"from a form", b"good day"]
    assert [dict(record.headers)["ce_id"] for record in found][::2] == [b"one", b"one"]
    assert [told.json()["offset"], again.json()["offset"]] == [0, 2]


async def test_a_missing_topic_is_said_by_readiness_until_it_is_there(
    broker: Broker, names: Callable[[str], str]
) -> None:
    late = names("late")
    with serving(broker.bootstrap, to_topic(late)) as server:
        async with AsyncClient(base_url=server.url) as client:
            checks = await ready(client, status=503)
            assert late in str(checks)
            assert (await client.get("/health/live")).status_code == 200
            await topics.create(broker.bootstrap, [late])
            await ready(client)


async def test_without_a_broker_it_starts_says_so_and_ends_well() -> None:
    with serving("127.0.0.1:1", {"ACKNOWLEDGE_TIMEOUT": "0.5"}) as server:
        async with AsyncClient(base_url=server.url) as client:
            answer = await client.post(PATH, content=b"a", headers=TEXT)
            checks = await ready(client, status=503)
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.ended) == 0
    assert answer.status_code == 503
    assert "cannot reach Kafka at 127.0.0.1:1" in answer.json()["detail"]
    assert "retry-after" in answer.headers
    assert "cannot reach Kafka" in str(checks["broker"])


async def test_at_sigterm_open_requests_are_answered_and_it_ends_well(
    broker: Broker, topic: str
) -> None:
    begun, proceed = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"first "
        begun.set()
        await proceed.wait()
        yield b"last"

    with serving(broker.bootstrap, to_topic(topic)) as server:
        async with AsyncClient(base_url=server.url) as client:
            await ready(client)
            request = asyncio.create_task(client.post(PATH, content=body(), headers=TEXT))
            await begun.wait()
            server.process.send_signal(signal.SIGTERM)
            await refused(server.url)
            proceed.set()
            assert (await request).status_code == 202
        assert await asyncio.to_thread(server.ended) == 0
    assert [record.value for record in await records(broker.bootstrap, topic)] == [b"first last"]


async def refused(url: str) -> None:
    """Returns once nobody new is let in."""
    async with asyncio.timeout(10), AsyncClient(base_url=url) as client:
        while True:
            try:
                await client.get("/health/live", headers={"connection": "close"})
            except TransportError:
                return
            await asyncio.sleep(0.02)
