"""The rungs that ask providers, opened as a lane opens them, and articles to ask them about."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from inference.contract import Rejection
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle, RawNewsArticle
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.preparation import prepared
from inference.lanes.news_analysis.providers import Rungs, open_providers

KEY = "sk-Test-0123456789"
BODY = "Sales rose by a tenth in spring. The company hires again."


@asynccontextmanager
async def opened(url: str, workers: int = 1, /, **settings: object) -> AsyncIterator[Rungs]:
    """With these settings in the environment, and quick to give up."""
    usual = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY, "AI_CALL_TIMEOUT": "1"}
    usual |= {"AI_DEADLINE": "3", "AI_CONCURRENCY": "16"}
    with ThreadPoolExecutor(2) as threads:
        opening = open_providers(workers, LocalAnalyser(), threads)
        # Settings are read before anything is waited for: replicas may open at the same time.
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (usual | settings).items():
                patch.setenv(name, str(value))
            rungs = await opening.__aenter__()
        try:
            yield rungs
        finally:
            await opening.__aexit__(None, None, None)


def article(title: str, body: str = BODY) -> Article:
    made = prepared(RawNewsArticle(title=title, content=body), datetime.now(UTC))
    assert not isinstance(made, Rejection)
    return made


def good(outcome: AnalyzedNewsArticle | Rejection) -> AnalyzedNewsArticle:
    assert not isinstance(outcome, Rejection), outcome.detail
    return outcome


def bad(outcome: AnalyzedNewsArticle | Rejection) -> Rejection:
    assert isinstance(outcome, Rejection)
    return outcome
