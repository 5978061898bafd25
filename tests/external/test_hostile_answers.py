"""Whatever a server answers: its article goes on down the ladder, and the next one is answered."""

import asyncio
import gzip
import json
from typing import Any

import pytest
from outside import article, bad, good, opened
from scripted import GOOD, Asked, Provider, Step
from steps import answers, completed, gives, refuses

from inference.contract import Reason

WHOLE = b"HTTP/1.1 200 Told\r\n"
MEBIBYTE = 1024 * 1024


def floods(head: bytes, piece: bytes) -> Step:
    """Says so much for as long as it is listened to."""

    async def step(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return step


def text(said: str, **headers: str) -> Step:
    return gives(completed()._replace(text=said, headers=headers))


BROKEN: dict[str, Step] = {
    "two gibibytes": floods(WHOLE + b"content-length: 2147483648\r\n\r\n", b" " * MEBIBYTE),
    "headers without an end": floods(WHOLE, b"x-more: of them\r\n" * 1000),
    "a header without an end": floods(WHOLE + b"x-more: ", b"x" * MEBIBYTE),
    "a promise without an end": floods(b"", b"HTTP/1.1 102 Soon\r\n\r\n" * 1000),
    "no HTTP": floods(b"", b"\x00" * 1000),
    "a packed body": text(
        gzip.compress(json.dumps(GOOD).encode()).decode("latin-1"), **{"content-encoding": "gzip"}
    ),
    "a deep document": text("[" * 500_000),
    "a number of many digits": text('{"choices": ' + "9" * 100_000 + "}"),
    "a date of no calendar": refuses(429, {"retry-after": f"Sat, 21 Nov {'9' * 30} 12:00:30 GMT"}),
    "a redirect inside the house": refuses(302, {"location": "http://169.254.169.254/latest"}),
}
ODD: dict[str, Any] = {
    "no number": '{"sentiment_score": NaN}',
    "thoughts that never end": "<think>" * 200_000 + "{",
    "a deep object": '{"a":' * 100_000,
    "half a character": "\ud800",
    "other types": GOOD | {"summary": 7, "keywords": {"a": 1}, "entities": "none"},
    "a large number": json.dumps(GOOD).replace("0.7", "9" * 4000),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_what_is_no_answer_sends_its_article_down_the_ladder(
    provider: Provider, how: str
) -> None:
    async with opened(provider.url, AI_ATTEMPTS=1) as [rung]:
        await rung.answer([article("To learn how it speaks")])
        provider.plan("Bad news", BROKEN[how])
        first, second = await rung.answer([article("Bad news"), article("Second")])
    assert bad(first).reason is Reason.EXHAUSTED
    good(second)


@pytest.mark.parametrize("how", ODD)
async def test_what_is_no_analysis_sends_its_article_down_the_ladder(
    provider: Provider, how: str
) -> None:
    provider.plan("Bad news", answers(ODD[how]), answers(ODD[how]))
    async with opened(provider.url) as [rung]:
        first, second = await rung.answer([article("Bad news"), article("Second")])
    assert bad(first).reason is Reason.EXHAUSTED
    good(second)


async def test_a_wrong_count_of_tokens_does_not_spend_the_day(provider: Provider) -> None:
    count = 10**400
    usage = {"prompt_tokens": count, "completion_tokens": count}
    provider.plan("Bad news", answers(usage=usage))
    async with opened(provider.url, AI_TOKENS_PER_DAY=1_000_000) as [rung]:
        outcomes = await rung.answer([article("Bad news"), article("Second")])
    assert all(good(outcome) for outcome in outcomes)


async def test_what_a_server_calls_its_model_is_short_and_has_nothing_unseen(
    provider: Provider,
) -> None:
    whole = completed().document | {"model": "small\u202e\n" + "x" * MEBIBYTE}
    provider.usual = gives(completed()._replace(document=whole))
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
    assert good(outcome).analysis.model.version == "small " + "x" * 94


async def test_half_characters_in_an_analysis_are_left_out(provider: Provider) -> None:
    provider.usual = answers(GOOD | {"keywords": ["\ud800", "sales"], "summary": "\udfffSo."})
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
    found = good(outcome).analysis
    assert (found.keywords, found.summary) == (["sales"], "So.")


async def test_of_many_keywords_and_names_few_are_looked_at(provider: Provider) -> None:
    many = [f"word {number}" for number in range(10_000)]
    named = [{"text": one, "type": "person", "salience": 9e99} for one in many]
    provider.usual = answers(GOOD | {"keywords": ["sales", *many], "entities": named})
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
    assert good(outcome).analysis.keywords == ["sales"]


async def test_only_the_beginning_of_an_answer_of_another_shape_is_sent_back(
    provider: Provider,
) -> None:
    provider.plan("One", answers("no " * 300_000))
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
    good(outcome)
    assert len(provider.asked[1].document["messages"][2]["content"]) == 8000
