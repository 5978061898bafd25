import json
from typing import Any

import pytest
from outside import article, bad, good, opened
from scripted import GOOD, Asked, Provider, Reply
from steps import after, answers, completed, refuses


class Server:
    """Understands some formats and some fields only, and says so as real ones do."""

    def __init__(self, *formats: str, unknown: str | None = None) -> None:
        self._formats, self._unknown = formats, unknown

    async def __call__(self, asked: Asked, _: object) -> Reply:
        form = asked.document.get("response_format", {"type": "prompt"})["type"]
        if self._unknown in asked.document:
            error = {"message": "Unsupported parameter: use another", "param": self._unknown}
            return Reply(400, {"error": error})
        if form not in self._formats:
            return Reply(400, {"error": f"'response_format.type' must not be {form}"})
        return completed()


def formats(provider: Provider) -> list[str]:
    return [
        one.document.get("response_format", {"type": "prompt"})["type"] for one in provider.asked
    ]


@pytest.mark.parametrize(
    ("known", "tried"),
    [
        (["json_schema"], ["json_schema"]),
        (["json_object", "prompt"], ["json_schema", "json_object"]),
        (["prompt"], ["json_schema", "json_object", "prompt"]),
    ],
)
async def test_the_best_form_that_a_server_knows_is_found_once_and_remembered(
    provider: Provider, known: list[str], tried: list[str]
) -> None:
    provider.usual = Server(*known)
    async with opened(provider.url) as [rung]:
        first = await rung.answer([article(f"News {number}") for number in range(5)])
        second = await rung.answer([article("Another")])
    assert all(good(outcome) for outcome in [*first, *second])
    assert formats(provider) == [*tried, *[tried[-1]] * 5]


async def test_a_strict_schema_is_asked_for(provider: Provider) -> None:
    async with opened(provider.url) as [rung]:
        await rung.answer([article("News")])
    asked = provider.asked[0].document["response_format"]["json_schema"]
    schema = asked["schema"]
    assert asked["strict"] is True
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])
    assert "unknown" not in schema["properties"]["sentiment"]["enum"]


@pytest.mark.parametrize("field", ["temperature", "max_tokens"])
async def test_a_field_that_a_model_does_not_know_is_left_out_from_then_on(
    provider: Provider, field: str
) -> None:
    provider.usual = Server("json_schema", unknown=field)
    async with opened(provider.url) as [rung]:
        outcomes = await rung.answer([article("One"), article("Two"), article("Three")])
    assert all(good(outcome) for outcome in outcomes)
    assert [field in one.document for one in provider.asked] == [True, False, False, False]


async def test_a_newer_model_is_told_its_most_tokens_in_its_own_word(provider: Provider) -> None:
    provider.usual = Server("json_schema", unknown="max_tokens")
    async with opened(provider.url, OPENAI_MAX_TOKENS=321) as [rung]:
        await rung.answer([article("One")])
    assert provider.asked[-1].document["max_completion_tokens"] == 321


async def test_only_openai_itself_is_told_not_to_keep_the_talk(provider: Provider) -> None:
    async with opened(provider.url) as [rung]:
        await rung.answer([article("One")])
    assert "store" not in provider.asked[0].document
    async with opened(provider.url, OPENAI_STORE="false") as [rung]:
        await rung.answer([article("One")])
    assert provider.asked[1].document["store"] is False


AROUND: dict[str, str] = {
    "a fence": f"```json\n{json.dumps(GOOD)}\n```",
    "words around it": f"Here is {{the}} analysis: {json.dumps(GOOD)} I hope it helps.",
    "thoughts before it": f'<think>{{"sentiment": "negative"}}</think>{json.dumps(GOOD)}',
    "thoughts without a beginning": f'{{"sentiment": "negative"}}</think>{json.dumps(GOOD)}',
}


@pytest.mark.parametrize("how", AROUND)
async def test_a_document_is_found_in_what_is_written_around_it(
    provider: Provider, how: str
) -> None:
    provider.usual = answers(AROUND[how])
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
    assert good(outcome).analysis.sentiment == "positive"
    assert len(provider.asked) == 1


SHAPELESS: dict[str, Any] = {
    "no JSON": "I would rather not.",
    "half a JSON": '{"sentiment": "positive", "sentim',
    "an unknown sentiment": GOOD | {"sentiment": "glad"},
    "a word for a number": GOOD | {"sentiment_score": "high"},
    "no summary": {k: v for k, v in GOOD.items() if k != "summary"},
    "a list": [GOOD["summary"]],
}


@pytest.mark.parametrize("how", SHAPELESS)
async def test_an_answer_of_another_shape_is_repaired_once(provider: Provider, how: str) -> None:
    provider.plan("One", answers(SHAPELESS[how]))
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
    found = good(outcome).analysis
    assert found.usage is not None
    assert found.usage.input_tokens == 600
    assert "the model's answer had to be asked for again" in found.warnings
    assert [turn["role"] for turn in provider.asked[1].document["messages"]] == [
        "system", "user", "assistant", "system",
    ]  # fmt: skip


async def test_an_answer_that_stays_shapeless_goes_down_the_ladder(provider: Provider) -> None:
    provider.plan("One", answers("no"), answers("no"))
    async with opened(provider.url) as [rung]:
        first, second = await rung.answer([article("One"), article("Two")])
    assert "shape" in bad(first).detail
    good(second)
    assert provider.asked_about("One") == 2


async def test_an_answer_that_was_cut_off_is_asked_for_at_twice_the_length(
    provider: Provider,
) -> None:
    provider.plan("One", answers('{"sentiment"', finish="length"))
    async with opened(provider.url, OPENAI_MAX_TOKENS=100) as [rung]:
        [outcome] = await rung.answer([article("One")])
    good(outcome)
    assert [one.document["max_tokens"] for one in provider.asked] == [100, 200]


async def test_a_server_that_refuses_every_form_is_asked_from_the_beginning_the_next_time(
    provider: Provider,
) -> None:
    provider.usual = refuses(400)
    async with opened(provider.url) as [rung]:
        [outcome] = await rung.answer([article("One")])
        assert "400" in bad(outcome).detail
        provider.usual = answers()
        good((await rung.answer([article("Two")]))[0])
    assert formats(provider) == ["json_schema", "json_object", "prompt", "json_schema"]


async def test_a_provider_that_fails_at_the_start_is_not_asked_one_by_one(
    provider: Provider,
) -> None:
    provider.usual = after(0.2)
    provider.plan("First", refuses(503))
    async with opened(provider.url) as [rung]:
        asked = [article("First"), *(article(f"News {number}") for number in range(8))]
        outcomes = await rung.answer(asked)
    assert all(good(outcome) for outcome in outcomes)
    assert provider.most_at_once >= 8
