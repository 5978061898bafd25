import re
from pathlib import Path

import pytest
from guarded_service import client_of, guarded, guarded_app, key_file
from pydantic import ValidationError

from inference.web.guard.settings import GuardSettings


async def test_a_caller_is_told_the_limit_and_what_is_left() -> None:
    async with guarded(rate_limit="3/minute") as client:
        told = [(await client.get("/thing")).headers for _ in range(3)]
    assert {headers["ratelimit-policy"] for headers in told} == {'"default";q=3;w=60'}
    left = [re.fullmatch(r'"default";r=(\d);t=(\d+)', headers["ratelimit"]) for headers in told]
    assert [found and found.group(1) for found in left] == ["2", "1", "0"]
    assert all(found and 1 <= int(found.group(2)) <= 60 for found in left)


async def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    async with guarded(rate_limit="1/minute") as client:
        await client.get("/thing")
        answer = await client.post("/thing", content=b"x" * 1_000_000)
        assert (answer.status_code, answer.json()["title"]) == (429, "Quota exceeded")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert f"t={answer.headers['retry-after']}" in answer.headers["ratelimit"]
        assert (await client.get("/health")).status_code == 200


async def test_each_key_has_a_count_of_its_own_and_strangers_have_one_together(
    tmp_path: Path,
) -> None:
    path, keys = key_file(tmp_path, first="read", second="read")
    async with guarded_app(api_keys_file=path, rate_limit="2/minute") as (_, url):
        async with client_of(url) as stranger:
            tried = [await stranger.get("/thing", headers={"x-api-key": str(n)}) for n in range(3)]
        assert [answer.status_code for answer in tried] == [401, 401, 429]
        for key in keys.values():
            async with client_of(url, key) as client:
                tried = [await client.get("/thing") for _ in range(3)]
            assert [answer.status_code for answer in tried] == [200, 200, 429]


async def test_without_keys_nobody_is_counted_by_default() -> None:
    async with guarded() as client:
        assert "ratelimit" not in (await client.get("/thing")).headers


async def test_with_keys_everybody_is_counted_by_default_unless_that_is_off(tmp_path: Path) -> None:
    path, keys = key_file(tmp_path, me="read")
    async with guarded(keys["me"], api_keys_file=path) as client:
        policy = (await client.get("/thing")).headers["ratelimit-policy"]
    assert policy == '"default";q=600;w=60'
    async with guarded(keys["me"], api_keys_file=path, rate_limit="off") as client:
        assert "ratelimit" not in (await client.get("/thing")).headers


async def test_without_keys_each_address_that_a_proxy_names_is_counted() -> None:
    async with guarded(rate_limit="1/minute") as client:
        for address in ("192.0.2.1", "192.0.2.2"):
            answer = await client.get("/thing", headers={"x-forwarded-for": address})
            assert answer.status_code == 200
    async with guarded(rate_limit="1/minute", trusted_proxies="") as client:
        tried = [
            await client.get("/thing", headers={"x-forwarded-for": f"192.0.2.{n}"}) for n in (1, 2)
        ]
    assert [answer.status_code for answer in tried] == [200, 429]


@pytest.mark.parametrize(
    "rate", ["fast", "10", "1/fortnight", "-5/minute", "0/hour", "1/second; 9/day"]
)
def test_a_rate_that_is_none_is_told(rate: str) -> None:
    with pytest.raises(ValidationError, match="600/minute"):
        GuardSettings(rate_limit=rate)
