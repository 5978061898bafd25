from contextlib import AbstractAsyncContextManager

import pytest
from outside import article, bad, good, opened
from scripted import Asked, Provider, Reply
from steps import hangs, refuses

from inference.contract import Reason
from inference.engines.external_ai.faults import Unfit
from inference.engines.external_ai.tasks import Label
from inference.errors import Unavailable
from inference.lanes.news_analysis.providers import Rungs
from inference.lanes.news_analysis.tones import tone

GLAD = [{"label": "Positive", "score": 0.9}, {"label": "Negative", "score": 0.1}]
SUMMARY = "It was a good spring for sales."


class Hosted:
    """Three models in one."""

    def __init__(self, tones: object = GLAD) -> None:
        self.tones = tones

    async def __call__(self, asked: Asked, _: object) -> Reply:
        if asked.path.endswith("/summary"):
            return Reply(document=[{"summary_text": SUMMARY}])
        if asked.path.endswith("/category"):
            labels = asked.document["parameters"]["candidate_labels"]
            return Reply(document={"labels": labels, "scores": [0.9] + [0.001] * (len(labels) - 1)})
        return Reply(document=self.tones)


def hosted(
    provider: Provider, workers: int = 1, /, **settings: object
) -> AbstractAsyncContextManager[Rungs]:
    provider.usual = Hosted()
    usual = {
        "HF_BASE_URL": provider.url.removesuffix("/v1"),
        "HF_TOKEN": "hf_Test",
        "HF_SENTIMENT_MODEL": "some/tone",
    }
    return opened("https://api.openai.com/v1", workers, **usual, OPENAI_API_KEY="", **settings)


async def test_the_tone_is_asked_for_and_the_rest_is_found_here(provider: Provider) -> None:
    async with hosted(provider) as [rung]:
        [outcome] = await rung.answer([article("Sales rise at Nordwind")])
    found = good(outcome).analysis
    assert (found.sentiment, found.model.name) == ("positive", "some/tone")
    assert found.sentiment_score == pytest.approx(0.64)
    assert found.summary
    assert found.keywords
    assert [one.path for one in provider.asked] == ["/some/tone"]
    assert provider.asked[0].headers["authorization"] == "Bearer hf_Test"


async def test_summary_and_category_are_asked_for_where_models_are_set(provider: Provider) -> None:
    models = {"HF_SUMMARY_MODEL": "some/summary", "HF_CATEGORY_MODEL": "some/category"}
    async with hosted(provider, **models, AI_PRICES='{"*": {"call": 0.001}}') as [rung]:
        [outcome] = await rung.answer([article("Sales rise at Nordwind")])
    found = good(outcome).analysis
    assert (found.summary, found.category) == (SUMMARY, "politics")
    assert found.usage is not None
    assert found.usage.cost == pytest.approx(0.003)


async def test_a_model_that_cannot_be_had_for_the_summary_is_done_without(
    provider: Provider,
) -> None:
    async with hosted(provider, HF_SUMMARY_MODEL="some/absent", AI_DEADLINE=5) as [rung]:
        provider.plan("truncation", refuses(404))
        first, second = [(await rung.answer([article("Sales rise")]))[0] for _ in range(2)]
    assert "the summary was found locally" in " ".join(good(first).analysis.warnings)
    assert good(second).analysis.summary
    assert sum(one.path == "/some/absent" for one in provider.asked) == 1


async def test_a_summary_that_hangs_is_done_without(provider: Provider) -> None:
    async with hosted(provider, HF_SUMMARY_MODEL="some/slow", AI_DEADLINE=2) as [rung]:
        provider.plan("truncation", *[hangs] * 9)
        [outcome] = await rung.answer([article("Sales rise")])
    assert "the summary was found locally" in " ".join(good(outcome).analysis.warnings)


@pytest.mark.parametrize(
    ("models", "settings", "most"),
    [
        ({}, {"AI_CONCURRENCY": 16}, 32),
        ({}, {"AI_REQUESTS_PER_MINUTE": 60, "AI_DEADLINE": 20}, 10),
        ({"HF_SUMMARY_MODEL": "a/b"}, {"AI_REQUESTS_PER_MINUTE": 60, "AI_DEADLINE": 20}, 5),
        ({}, {"AI_REQUESTS_PER_MINUTE": 1}, 1),
    ],
)
@pytest.mark.parametrize("workers", [1, 32])
async def test_no_more_is_asked_at_once_than_can_be_answered_in_time(
    provider: Provider, models: dict[str, str], settings: dict[str, int], most: int, workers: int
) -> None:
    """Whether in large batches or in many."""
    async with hosted(provider, workers, **models, **settings) as [rung]:
        assert rung.caps is not None
        assert rung.caps.backlog * (rung.caps.at_once or 0) == most


@pytest.mark.parametrize(
    "form", [GLAD, [GLAD], {"labels": ["positive", "negative"], "scores": [0.9, 0.1]}]
)
async def test_every_form_of_an_answer_is_understood(provider: Provider, form: object) -> None:
    async with hosted(provider) as [rung]:
        provider.usual = Hosted(form)
        [outcome] = await rung.answer([article("Sales rise")])
    assert good(outcome).analysis.sentiment == "positive"


async def test_a_model_that_is_being_loaded_is_waited_for(provider: Provider) -> None:
    async with hosted(provider) as [rung]:
        loading = Reply(503, {"error": "Model some/tone is loading", "estimated_time": 0.6})

        async def step(_: Asked, __: object) -> Reply:
            return loading

        provider.plan("inputs", step)
        good((await rung.answer([article("Sales rise")]))[0])
    first, second = [one.time for one in provider.asked]
    assert second - first > 0.55


@pytest.mark.parametrize("answer", ["{}", "[]", "[[]]", '[{"label": 1}]', "[1]", "nonsense"])
async def test_what_is_no_answer_is_asked_for_again_and_goes_down(
    provider: Provider, answer: str
) -> None:
    async with hosted(provider, AI_ATTEMPTS=2) as [rung]:

        async def step(_: Asked, __: object) -> Reply:
            return Reply(text=answer)

        provider.usual = step
        [outcome] = await rung.answer([article("Sales rise")])
    assert bad(outcome) == (Reason.EXHAUSTED, "light", bad(outcome).detail, 2)


async def test_a_model_that_is_not_served_is_left_alone(provider: Provider) -> None:
    async with hosted(provider) as [rung]:
        message = "Model not supported by provider hf-inference"
        provider.usual = refuses(400, message=message)
        bad((await rung.answer([article("Sales rise")]))[0])
        with pytest.raises(Unavailable, match="does not serve"):
            await rung.answer([article("Sales rise")])


async def test_a_call_that_hangs_leaves_its_neighbours_alone(provider: Provider) -> None:
    async with hosted(provider, AI_DEADLINE=1.5) as [rung]:
        provider.plan("Slow", hangs, hangs)
        first, second = await rung.answer([article("Slow"), article("Sales rise")])
    assert bad(first).reason is Reason.EXHAUSTED
    good(second)


def labels(**scores: float) -> list[Label]:
    return [Label(label=name.replace("_", " "), score=score) for name, score in scores.items()]


@pytest.mark.parametrize(
    ("given", "sentiment", "score"),
    [
        (labels(POSITIVE=0.95, NEGATIVE=0.05), "positive", 0.72),
        (labels(LABEL_0=0.9, LABEL_1=0.05, LABEL_2=0.05), "negative", -0.68),
        (labels(LABEL_0=0.1, LABEL_1=0.9), "positive", 0.64),
        (labels(neutral=0.9, positive=0.1), "neutral", 0.08),
        (labels(positive=0.5, negative=0.45), "mixed", 0.04),
        ([Label(label="5 stars", score=0.6), Label(label="4 stars", score=0.4)], "positive", 0.8),
        (labels(Very_Negative=0.8, Negative=0.2), "negative", -0.96),
    ],
)
def test_labels_of_every_kind_come_to_a_sentiment(
    given: list[Label], sentiment: str, score: float
) -> None:
    found = tone(given, {})
    assert found.sentiment == sentiment
    assert found.score == pytest.approx(score)


def test_what_a_label_means_can_be_said() -> None:
    assert tone(labels(up=1.0), {"UP": 0.5}).score == pytest.approx(0.5)
    assert tone(labels(LABEL_0=1.0, LABEL_1=0.0), {"LABEL_0": 1}).sentiment == "positive"
    with pytest.raises(Unfit, match="HF_LABELS"):
        tone(labels(up=1.0), {})
