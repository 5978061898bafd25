import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import trustme
from outside import article, bad, good, opened
from scripted import Provider, serving
from second import second
from steps import answers, hangs

from inference.contract import Reason
from inference.errors import Misconfigured, Unavailable

AUTHORITY = trustme.CA()


@pytest_asyncio.fixture
async def encrypted() -> AsyncIterator[Provider]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    async with serving(answers(), context) as one:
        yield one


async def test_a_certificate_that_is_not_believed_is_not_tried_again(encrypted: Provider) -> None:
    async with opened(encrypted.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
        assert "AI_CA_FILE" in bad(outcome).detail
        assert bad(outcome).attempts == 1
        with pytest.raises(Unavailable, match="certificate"):
            await rung.answer([article("Two")])
    assert not encrypted.asked


async def test_an_authority_of_ones_own_is_believed(encrypted: Provider, tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    async with opened(encrypted.url, AI_CA_FILE=file) as [rung]:
        good((await rung.answer([article("One")]))[0])


async def test_http_2_is_spoken_where_it_is_offered(tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    async with second(AUTHORITY) as provider, opened(provider.url, AI_CA_FILE=file) as [rung]:
        await rung.answer([article("To learn how it speaks")])
        outcomes = await rung.answer([article(f"News {number}") for number in range(12)])
    assert all(good(outcome) for outcome in outcomes)
    assert provider.streams == 13
    assert provider.connections <= 4  # one for each small pool, and several streams on each


async def test_calls_that_were_given_up_leave_no_connection_blocked(provider: Provider) -> None:
    usual, provider.usual = provider.usual, hangs
    async with opened(provider.url, AI_DEADLINE=0.3, AI_CONCURRENCY=4) as [rung]:
        for _ in range(3):
            await rung.answer([article(f"News {number}") for number in range(8)])
        provider.usual = usual
        outcomes = await rung.answer([article(f"Again {number}") for number in range(8)])
    assert all(good(outcome) for outcome in outcomes)


async def test_a_connection_that_has_died_without_a_word_is_left(tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    settings = {"AI_CA_FILE": file, "AI_CALL_TIMEOUT": 0.3, "AI_DEADLINE": 2}
    async with second(AUTHORITY) as provider, opened(provider.url, **settings) as [rung]:
        good((await rung.answer([article("To learn how it speaks")]))[0])
        provider.silent = True
        await rung.answer([article("News")])
        provider.silent = False
        outcomes = await rung.answer([article(f"Again {number}") for number in range(4)])
    assert all(good(outcome) for outcome in outcomes)


async def test_a_status_that_is_none_sends_the_article_down_the_ladder(tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    async with second(AUTHORITY) as provider, opened(provider.url, AI_CA_FILE=file) as [rung]:
        provider.status = "fine"
        [outcome] = await rung.answer([article("News")])
    assert bad(outcome).reason is Reason.EXHAUSTED


async def test_connections_are_used_again(provider: Provider) -> None:
    async with opened(provider.url) as [rung]:
        for _ in range(5):
            await rung.answer([article("News")])
    assert provider.connections == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", "ftp://host/v1"),
        ("OPENAI_BASE_URL", "https://me:secret@host/v1"),
        ("AI_PROXY", "nowhere:// :"),
        ("AI_CA_FILE", "/nowhere/ca.pem"),
        ("AI_MONEY_PER_DAY", "5"),
        ("REDIS_URL", "redis://:secret@host:port/0"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_at_the_start(
    provider: Provider, name: str, value: str
) -> None:
    with pytest.raises(Misconfigured) as told:
        async with opened(provider.url, **{name: value}):
            pass
    assert name in str(told.value) or "AI_PRICES" in str(told.value)
    assert "secret" not in str(told.value)


async def test_without_a_key_nobody_is_asked() -> None:
    async with opened("https://api.openai.com/v1", OPENAI_API_KEY="") as rungs:
        assert not rungs


async def test_a_server_of_ones_own_needs_no_key(provider: Provider) -> None:
    async with opened(provider.url, OPENAI_API_KEY="") as [rung]:
        good((await rung.answer([article("One")]))[0])
    assert "authorization" not in provider.asked[0].headers
