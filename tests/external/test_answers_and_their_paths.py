import time

import pytest
from outside import article, bad, good, opened
from scripted import GOOD, Provider, Step
from steps import after, answers, completed, drips, gives, halves, hangs, refuses, resets

from inference.contract import Reason
from inference.errors import Unavailable

REFUSAL = completed(None, refusal="I cannot help with that.")
AGAIN: dict[str, Step] = {
    "429 without headers": refuses(429),
    "429 with retry-after": refuses(429, {"retry-after": "0.2"}),
    "429 with milliseconds": refuses(429, {"retry-after-ms": "150"}),
    "408": refuses(408),
    "409": refuses(409),
    "500": refuses(500),
    "503": refuses(503, {"retry-after": "0"}),
    "half of the body": halves,
    "half of a JSON": gives(completed()._replace(text='{"choices": [{"mess')),
    "no choices": gives(completed()._replace(text="{}")),
    "a connection reset": resets,
    "a call that hangs": hangs,
    "a body that drips": drips,
}
DOWN: dict[str, tuple[Step, str]] = {
    "a refusal": (gives(REFUSAL), "refuses"),
    "a filter": (answers(finish="content_filter"), "filter"),
    "a filter before": (refuses(400, code="content_filter"), "filter"),
    "too long": (refuses(400, code="context_length_exceeded"), "too long"),
    "422 later on": (refuses(422), "422"),
}


@pytest.mark.parametrize("how", AGAIN)
async def test_what_may_be_tried_again_is_and_neighbours_are_answered(
    provider: Provider, how: str
) -> None:
    provider.plan("Bad news", AGAIN[how])
    async with opened(provider.url) as [rung]:
        outcomes = await rung.answer([article("First"), article("Bad news"), article("Third")])
    assert [good(outcome).article.title for outcome in outcomes] == ["First", "Bad news", "Third"]
    assert provider.asked_about("Bad news") == 2
    assert len(provider.asked) == 4


@pytest.mark.parametrize("how", DOWN)
async def test_what_will_not_get_better_goes_down_the_ladder_alone(
    provider: Provider, how: str
) -> None:
    step, detail = DOWN[how]
    async with opened(provider.url) as [rung]:
        await rung.answer([article("To learn how it speaks")])
        provider.plan("Bad news", step)
        first, second = await rung.answer([article("Bad news"), article("Second")])
    text_only = how != "422 later on"
    assert bad(first).reason is (Reason.DECLINED if text_only else Reason.EXHAUSTED)
    assert detail in bad(first).detail
    assert good(second).analysis.sentiment == "positive"
    assert provider.asked_about("Bad news") == 1


@pytest.mark.parametrize("status", [401, 403, 404, 301])
async def test_a_key_or_a_model_that_is_refused_is_not_tried_again(
    provider: Provider, status: int
) -> None:
    provider.usual = refuses(status)
    async with opened(provider.url) as [rung]:
        outcomes = await rung.answer([article("One"), article("Two")])
        with pytest.raises(Unavailable, match=str(status)):
            await rung.answer([article("Three")])
    assert all(str(status) in bad(outcome).detail for outcome in outcomes)
    assert len(provider.asked) == 1


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached"])
async def test_a_quota_that_is_spent_is_not_tried_again(provider: Provider, code: str) -> None:
    provider.usual = refuses(429, {"retry-after": "0"}, code=code)
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
        assert "quota" in bad(outcome).detail
        with pytest.raises(Unavailable, match="quota"):
            await rung.answer([article("Two")])
    assert len(provider.asked) == 1


@pytest.mark.parametrize("step", [hangs, drips, after(2)])
async def test_an_article_that_hangs_for_ever_leaves_at_its_deadline(
    provider: Provider, step: Step
) -> None:
    provider.plan("Bad news", *[step] * 9)
    async with opened(provider.url, AI_DEADLINE=1.5) as [rung]:
        started = time.monotonic()
        first, second, third = await rung.answer(
            [article("First"), article("Bad news"), article("Third")]
        )
        taken = time.monotonic() - started
    assert bad(second).reason is Reason.EXHAUSTED
    assert good(first).article.title == "First"
    assert good(third).article.title == "Third"
    assert taken < 2.5
    assert provider.asked_about("Bad news") >= 1


async def test_a_connection_that_nobody_takes_is_tried_until_it_is_enough() -> None:
    async with opened("http://127.0.0.1:1/v1", AI_ATTEMPTS=3) as [rung]:
        [outcome] = await rung.answer([article("One")])
    assert bad(outcome).attempts == 3
    assert "connection" in bad(outcome).detail


async def test_answers_tell_who_analysed_what_it_took_and_with_which_prompt(
    provider: Provider,
) -> None:
    prices = '{"gpt-4o-mini": {"input": 1.0, "output": 10.0}}'
    async with opened(provider.url, AI_PRICES=prices) as [rung]:
        [outcome] = await rung.answer([article("Good news", body="Sales rose.")])
    found = good(outcome).analysis
    assert found.usage is not None
    assert found.usage.model_dump() == {
        "input_tokens": 300,
        "output_tokens": 60,
        "cost": pytest.approx(0.0009),
    }
    assert (found.model.name, found.model.version) == ("gpt-4o-mini", "small-2026")
    assert found.prompt_version is not None
    assert found.latency_ms is not None
    assert (found.keywords, found.sentiment_score) == (["sales"], GOOD["sentiment_score"])
