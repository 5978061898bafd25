from dataclasses import replace
from pathlib import Path

import pytest
from computing import CONTRACT, Reverser, tiers
from prometheus_client import REGISTRY
from pydantic import SecretStr, ValidationError
from shops import itself, opened, settled
from structlog.testing import capture_logs

from inference.cache.opening import open_cache
from inference.cache.settings import CacheSettings
from inference.contract import Tier
from inference.errors import Misconfigured
from inference.lane import Sameness
from redis_server import RedisServer

BADLY = ["http://host", "redis://host:port", "nonsense", "redis://:hunter2@host?colour=red"]


def sample(name: str, tier: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"lane": "reverse", "tier": tier})


async def test_state_and_size_are_said_at_the_start(tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with opened(Reverser(), model_cache_dir=tmp_path, model_cache_size=7):
            pass
    memory, disk = lines
    assert (memory["tier"], memory["max_entries"], memory["ttl"]) == ("memory", 7, 3600.0)
    assert (disk["tier"], disk["entries"], disk["place"][: len(str(tmp_path))]) == (
        "disk",
        0,
        str(tmp_path),
    )


async def test_a_cache_that_is_off_says_why() -> None:
    off = CacheSettings(enable_model_cache=False)
    with capture_logs() as lines:
        for settings, sameness in ((off, Sameness(itself)), (CacheSettings(), None)):
            async with open_cache(settings, CONTRACT, sameness, Reverser()) as cached:
                assert await cached.clear() == []
    reasons = [line["reason"] for line in lines]
    assert reasons == ["ENABLE_MODEL_CACHE is off", "this lane's answers are not kept"]


async def test_a_sensitive_lanes_answers_do_not_leave_the_process(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    settings = CacheSettings(
        model_cache_dir=tmp_path / "cache", redis_url=SecretStr(redis_server.url)
    )
    contract = replace(CONTRACT, sensitive=True)
    async with open_cache(settings, contract, Sameness(itself), Reverser()) as cached:
        await cached.answer([b"ab"])
        assert tiers(await cached.answer([b"ab"])) == [Tier.MEMORY]
        assert list(cached.snapshot().tiers) == [Tier.MEMORY]
    assert not (tmp_path / "cache").exists()
    with redis_server.client() as client:
        assert client.dbsize() == 0


async def test_what_it_says_of_itself_adds_up(tmp_path: Path) -> None:
    async with opened(Reverser(), model_cache_dir=tmp_path) as cached:
        await cached.answer([b"ab", b"ab", b"cd", b"!x"])
        await cached.answer([b"ab", b"cd", b"ef"])
        await settled(cached)
        state = cached.snapshot()
    assert (state.hits, state.misses, state.hit_rate_percent) == (3, 4, 42.86)
    memory, disk = state.tiers[Tier.MEMORY], state.tiers[Tier.DISK]
    assert (memory.hits, memory.misses, memory.entries, memory.max_entries) == (2, 5, 3, 128)
    assert (disk.hits, disk.misses, disk.entries) == (0, 4, 3)


async def test_every_tier_has_its_series(tmp_path: Path) -> None:
    before = sample("inference_cache_hits_total", "memory") or 0.0
    shared = sample("inference_cache_hits_total", "shared") or 0.0
    async with opened(Reverser(), model_cache_dir=tmp_path) as cached:
        await cached.answer([b"ab", b"ab"])
        await cached.answer([b"ab"])
        await settled(cached)
        assert sample("inference_cache_hits_total", "memory") == before + 1
        assert sample("inference_cache_hits_total", "shared") == shared + 1
        for tier in ("memory", "disk"):
            assert sample("inference_cache_entries", tier) == 1
            assert (sample("inference_cache_bytes", tier) or 0) > 100
    assert sample("inference_cache_entries", "disk") is None


@pytest.mark.parametrize("url", BADLY)
async def test_a_wrong_redis_url_is_one_line_without_a_password(url: str) -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL must be redis://") as raised:
        async with opened(Reverser(), redis_url=url):
            pass
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(("said", "on"), [("true", 1), ("1", 1), ("YES", 1), ("false", 0), ("", 1)])
def test_the_switch_takes_the_usual_words(
    monkeypatch: pytest.MonkeyPatch, said: str, on: int
) -> None:
    monkeypatch.setenv("ENABLE_MODEL_CACHE", said)
    assert CacheSettings().enable_model_cache == bool(on)


def test_what_is_set_to_nothing_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REDIS_URL", "MODEL_CACHE_DIR"):
        monkeypatch.setenv(name, "")
    settings = CacheSettings()
    assert (settings.redis_url, settings.model_cache_dir) == (None, None)


def test_a_password_is_not_shown_by_its_settings() -> None:
    assert "hunter2" not in repr(CacheSettings(redis_url=SecretStr("redis://:hunter2@host")))


@pytest.mark.parametrize("name", ["MODEL_CACHE_SIZE", "MODEL_CACHE_TTL", "REDIS_TIMEOUT"])
def test_a_size_or_time_below_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "-1")
    with pytest.raises(ValidationError):
        CacheSettings()
