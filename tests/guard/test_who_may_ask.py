from pathlib import Path

import pytest
from guarded_service import client_of, guarded, guarded_app, key_file

EVERYTHING = [
    ("GET", "/thing", "read"),
    ("POST", "/thing", "write"),
    ("DELETE", "/thing", "admin"),
    ("GET", "/unsaid", "admin"),
    ("GET", "/usage", "read"),
]


async def test_each_route_takes_keys_of_its_scope_and_no_others(tmp_path: Path) -> None:
    path, keys = key_file(tmp_path, read="read", write="write", admin="admin")
    async with guarded_app(api_keys_file=path) as (_, url):
        for scope, key in keys.items():
            async with client_of(url, key) as client:
                for method, place, needed in EVERYTHING:
                    answer = await client.request(method, place)
                    assert answer.status_code == (200 if scope == needed else 403), (method, place)
                    assert scope == needed or needed in answer.json()["detail"]


@pytest.mark.parametrize("key", [None, "", "pst_guessed", "ä"])
async def test_who_has_no_key_is_told_where_to_put_one(tmp_path: Path, key: str | None) -> None:
    path, _ = key_file(tmp_path, dashboard="read")
    headers = {} if key is None else {b"x-api-key": key.encode()}
    async with guarded(api_keys_file=path) as client:
        for place in ("/thing", "/unsaid", "/no-such-place"):
            answer = await client.get(place, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"] == 'ApiKey header="X-API-Key"'
            assert "X-API-Key" in answer.json()["detail"]


async def test_health_metrics_and_documentation_are_open(tmp_path: Path) -> None:
    path, _ = key_file(tmp_path, dashboard="read")
    async with guarded(api_keys_file=path) as client:
        for place in ("/health", "/health/live", "/health/ready", "/metrics", "/docs"):
            assert (await client.get(place)).status_code == 200, place
        document = (await client.get("/openapi.json")).json()
    assert document["paths"]["/thing"]["delete"]["security"] == [{"APIKeyHeader": ["admin"]}]
    assert "security" not in document["paths"]["/health"]["get"]


async def test_metrics_ask_for_a_key_where_that_is_set(tmp_path: Path) -> None:
    path, keys = key_file(tmp_path, scraper="read")
    async with (
        guarded_app(api_keys_file=path, metrics_need_key=True) as (_, url),
        client_of(url) as stranger,
        client_of(url, keys["scraper"]) as scraper,
    ):
        assert (await stranger.get("/metrics")).status_code == 401
        assert (await stranger.get("/health")).status_code == 200
        assert (await scraper.get("/metrics")).status_code == 200


async def test_a_place_that_is_not_there_is_told_to_who_has_a_key(tmp_path: Path) -> None:
    path, keys = key_file(tmp_path, dashboard="read")
    async with guarded(keys["dashboard"], api_keys_file=path) as client:
        assert (await client.get("/no-such-place")).status_code == 404
        answer = await client.put("/thing")
        assert answer.status_code == 405


async def test_without_keys_this_machine_may_do_everything() -> None:
    async with guarded() as client:
        for method, place, _ in EVERYTHING:
            assert (await client.request(method, place)).status_code == 200, place


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "service.example.com"},
        {"host": "127.0.0.1.example.com:8000"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"host": "[::1"},
    ],
)
async def test_without_keys_nobody_elsewhere_is_answered_through_a_proxy_or_a_browser(
    headers: dict[str, str],
) -> None:
    async with guarded() as client:
        answer = await client.post("/thing", content=b"x", headers=headers)
        assert answer.status_code == 403
        assert "API_KEYS_FILE" in answer.json()["detail"]
        assert (await client.get("/health", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"host": "localhost:8000"}, {"host": "[::1]:8000"}, {"origin": "http://localhost:5173"}],
)
async def test_without_keys_every_name_of_this_machine_is_good(headers: dict[str, str]) -> None:
    async with guarded() as client:
        assert (await client.get("/thing", headers=headers)).status_code == 200
