"""The second rung: Hugging Face's classifiers, and for what none is set the local analyser."""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Sequence
from concurrent.futures import Executor
from typing import Generic, NamedTuple, TypeVar

from inference.contract import Level, ModelRef, Rejection
from inference.engines.external_ai.caller import Answer
from inference.engines.external_ai.faults import Lasting, Passing, Unfit
from inference.engines.external_ai.tasks import Label, Model
from inference.errors import Unavailable
from inference.lane import Caps
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.asking import asked
from inference.lanes.news_analysis.contract import Analyser, AnalyzedNewsArticle, Category, Usage
from inference.lanes.news_analysis.findings import settled
from inference.lanes.news_analysis.hygiene import cut
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.local.edition import model as local_model
from inference.lanes.news_analysis.settings import HuggingFaceSettings
from inference.lanes.news_analysis.tones import tone

Gain = TypeVar("Gain")

_PROVIDER = "huggingface"
_OTHERS = [kind for kind in Category if kind is not Category.OTHER]
# What can be done without is given up so many seconds before the article would be.
_SPARE = 0.5
# Below this, the best of twelve categories is a guess.
_SURE = 0.35
_OWN_SUMMARY = "the model for summaries did not answer; the summary was found locally"
_OWN_CATEGORY = "the model for categories did not answer; the category was found locally"


class _Extra(NamedTuple, Generic[Gain]):
    """What another model said, if it was asked and answered."""

    said: Gain | None = None
    cost: float | None = None
    warning: str | None = None


class Models(NamedTuple):
    """Who is asked for what."""

    sentiment: Model
    summary: Model | None = None
    category: Model | None = None

    @property
    def names(self) -> list[str | None]:
        """As Hugging Face knows them."""
        return [None if model is None else model.name for model in self]


class HuggingFaceRung:
    """Up to three calls per article, all of a batch at once; keywords and names come from here."""

    level = Level.LIGHT
    model: ModelRef | None = None
    caps: Caps | None = None

    def __init__(
        self,
        models: Models,
        local: LocalAnalyser,
        threads: Executor,
        settings: HuggingFaceSettings,
        seconds: float,
    ) -> None:
        self._models, self._local, self._threads = models, local, threads
        self._settings, self._seconds = settings, seconds
        what = [models.names, settings.model_dump(mode="json", exclude={"token"})]
        known = json.dumps([*what, local_model().digest], sort_keys=True)
        self.fingerprint = hashlib.sha256(known.encode()).hexdigest()

    async def answer(self, questions: Sequence[Article]) -> list[AnalyzedNewsArticle | Rejection]:
        """What is found in every article; raises `Unavailable` while nobody may be asked."""
        trouble = self._models.sentiment.trouble
        if trouble is not None:
            raise Unavailable(trouble)
        return await asked(self.level, questions, self._analysed, self._seconds)

    async def _analysed(self, article: Article, deadline: float) -> AnalyzedNewsArticle:
        """The tone first: without it, nothing else is worth asking for."""
        started = time.perf_counter()
        text = cut(article.text, self._settings.max_characters)
        tones = await self._models.sentiment.classified(text, deadline)
        found = tone(tones.said, self._settings.labels)
        summary, category, own = await asyncio.gather(
            self._summary(article, text, deadline - _SPARE),
            self._category(article, text, deadline - _SPARE),
            asyncio.get_running_loop().run_in_executor(self._threads, self._local.find, article),
        )
        findings = own.findings._replace(
            sentiment=found.sentiment,
            score=found.score,
            confidence=found.confidence,
            summary=summary.said or own.findings.summary,
            category=category.said or own.findings.category,
        )
        return settled(
            article,
            findings,
            Analyser(provider=_PROVIDER, name=self._models.sentiment.name, version="hosted"),
            usage=_usage(tones.cost, summary.cost, category.cost),
            latency_ms=round((time.perf_counter() - started) * 1000, 3),
            warnings=[told for told in (summary.warning, category.warning) if told],
        )

    async def _summary(self, article: Article, text: str, deadline: float) -> _Extra[str]:
        model = self._models.summary
        if model is None or not _reads(self._settings.summary_languages, article):
            return _Extra()
        return await _perhaps(model.summarised(text, deadline), _OWN_SUMMARY)

    async def _category(self, article: Article, text: str, deadline: float) -> _Extra[Category]:
        model = self._models.category
        if model is None or not _reads(self._settings.category_languages, article):
            return _Extra()
        sorting = model.sorted(text, _OTHERS, deadline)
        found: _Extra[Sequence[Label]] = await _perhaps(sorting, _OWN_CATEGORY)
        return _Extra(_best(found.said or ()), found.cost, found.warning)


def _reads(languages: Sequence[str], article: Article) -> bool:
    return article.language.partition("-")[0] in languages


async def _perhaps(asking: Awaitable[Answer[Gain]], warning: str) -> _Extra[Gain]:
    """What is welcome, and can be done without."""
    try:
        answer = await asking
    except (Passing, Lasting, Unfit):
        return _Extra(warning=warning)
    return _Extra(answer.said, answer.cost)


def _best(labels: Sequence[Label]) -> Category | None:
    if not labels or labels[0].score < _SURE or labels[0].label not in _OTHERS:
        return None
    return Category(labels[0].label)


def _usage(*costs: float | None) -> Usage | None:
    """Time is paid for here, not tokens; None where there is no price."""
    known = [cost for cost in costs if cost is not None]
    return Usage(input_tokens=0, output_tokens=0, cost=sum(known)) if known else None
