from collections.abc import Mapping

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from prometheus_client import Counter

from inference.web import health

ASKED = Counter("web_test_asked_total", "Counts for the test below.")


def well() -> Mapping[str, str | None]:
    return {"loop": None}


def broker_away() -> Mapping[str, str | None]:
    return {"broker": "no connection to 127.0.0.1:9092"}


async def get(live: health.Probe, ready: health.Probe, path: str) -> Response:
    app = FastAPI()
    app.include_router(health.health_routes(live, ready))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


async def test_a_process_that_is_well_says_so() -> None:
    answer = await get(well, well, "/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert {"python", "aiokafka"} <= answer.json()["versions"].keys()


async def test_a_process_that_cannot_work_is_alive_but_not_ready() -> None:
    assert (await get(well, broker_away, "/health/live")).status_code == 200
    answer = await get(well, broker_away, "/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "checks": dict(broker_away())}
    assert (await get(well, broker_away, "/health")).status_code == 503


async def test_health_is_never_kept_by_a_cache() -> None:
    for path in ("/health", "/health/live", "/health/ready"):
        assert (await get(well, well, path)).headers["cache-control"] == "no-store"


async def test_metrics_are_in_the_text_format_of_prometheus() -> None:
    ASKED.inc()
    answer = await get(well, well, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "web_test_asked_total 1.0" in answer.text
