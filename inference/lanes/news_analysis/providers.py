"""Opens the rungs that ask somebody else, as far as they are set up."""

from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import NamedTuple

from inference.engines.external_ai.caller import Provider
from inference.engines.external_ai.chat import Chat
from inference.engines.external_ai.dialect import CAP, NEWER_CAP, Dialect, Form
from inference.engines.external_ai.opening import Outside, open_outside
from inference.engines.external_ai.settings import AiSettings
from inference.engines.external_ai.tasks import Model
from inference.engines.external_ai.wire import address
from inference.lane import Caps
from inference.lanes.news_analysis.contract import Analyser
from inference.lanes.news_analysis.huggingface import HuggingFaceRung, Models
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.openai import OpenAiRung, Terms
from inference.lanes.news_analysis.settings import HuggingFaceSettings, OpenAiSettings

Rungs = list[OpenAiRung | HuggingFaceRung]

# Where limits are set, a batch is so small that it can be done in this part of its deadline.
_IN_TIME = 0.5
_AHEAD = 2


class Need(NamedTuple):
    """Calls that an article takes, and tokens, about."""

    calls: int
    tokens: int = 0


@asynccontextmanager
async def open_providers(
    workers: int, local: LocalAnalyser, threads: Executor
) -> AsyncIterator[Rungs]:
    """The rungs above the local one, best first; none where nobody is set up, and nothing opens."""
    openai, huggingface = OpenAiSettings(), HuggingFaceSettings()
    if not openai.wanted and huggingface.token is None:
        yield []
        return
    ai = AiSettings()
    async with open_outside(ai) as outside:
        rungs: Rungs = []
        if openai.wanted:
            rungs.append(_openai(outside, openai, ai, workers))
        if huggingface.token is not None:
            models = _models(outside, huggingface)
            found = HuggingFaceRung(models, local, threads, huggingface, ai.ai_deadline)
            found.caps = _caps(ai, workers, Need(sum(model is not None for model in models)))
            rungs.append(found)
        yield rungs


def _openai(outside: Outside, settings: OpenAiSettings, ai: AiSettings, workers: int) -> OpenAiRung:
    where = address(settings.base_url, "OPENAI_BASE_URL")
    own = where.host == "api.openai.com" or where.host.endswith(".api.openai.com")
    caller = outside.caller(Provider("openai", where, settings.api_key), settings.model)
    form = Form(
        cap=NEWER_CAP if own else CAP,
        temperature=settings.temperature,
        store=False if own and settings.store is None else settings.store,
    )
    by = Analyser(
        provider="openai" if own else "openai-compatible", name=settings.model, version="unknown"
    )
    terms = Terms(
        settings.max_characters, settings.max_tokens, ai.ai_deadline, settings.temperature
    )
    caps = _caps(ai, workers, Need(1, settings.max_characters // 2 + settings.max_tokens))
    return OpenAiRung(Chat(caller, settings.model, Dialect(form)), by, terms, caps)


def _caps(ai: AiSettings, workers: int, need: Need) -> Caps:
    """Twice as many as may be called at once, so that a batch's last ones leave no call unmade.

    Fewer where a minute's limit says so: what has no turn in time would be answered by a lesser
    rung, though its record could have waited.
    """
    in_time = ai.ai_deadline * _IN_TIME / (60 * ai.ai_replicas)
    bounds = [float(_AHEAD * ai.ai_concurrency)]
    if ai.ai_requests_per_minute is not None:
        bounds.append(ai.ai_requests_per_minute * in_time / need.calls)
    if ai.ai_tokens_per_minute is not None and need.tokens:
        bounds.append(ai.ai_tokens_per_minute * in_time / need.tokens)
    most = max(1, int(min(bounds)))
    each = max(1, most // workers)
    return Caps(each, each, at_once=max(1, most // each))


def _models(outside: Outside, settings: HuggingFaceSettings) -> Models:
    where = address(settings.base_url, "HF_BASE_URL")
    provider = Provider("huggingface", where, settings.token)

    def model(name: str) -> Model:
        return Model(outside.caller(provider, name, counted=False), name)

    return Models(
        model(settings.sentiment_model),
        None if settings.summary_model is None else model(settings.summary_model),
        None if settings.category_model is None else model(settings.category_model),
    )
