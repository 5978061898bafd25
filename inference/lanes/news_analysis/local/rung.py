"""The lowest rung: what can be said about an article without leaving this machine."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Executor

from inference.contract import Level, ModelRef, Rejection
from inference.lane import Caps
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle
from inference.lanes.news_analysis.findings import settled
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.local.edition import model


class LocalRung:
    """Reads articles on the threads it is given, each article by itself.

    Korean morphemes are found outside of Python's lock, so that a second thread is worth having;
    everything else shares one core. Readers are loaded when the first article needs them.
    """

    level = Level.BASIC
    caps: Caps | None = None

    def __init__(self, threads: Executor, analyser: LocalAnalyser | None = None) -> None:
        self.model: ModelRef | None = model()
        self.fingerprint = self.model.digest
        self._threads = threads
        self._analyser = analyser or LocalAnalyser()

    async def answer(self, questions: Sequence[Article]) -> list[AnalyzedNewsArticle | Rejection]:
        """The analysis of every article, in order."""
        loop = asyncio.get_running_loop()
        jobs = (loop.run_in_executor(self._threads, self._analyse, one) for one in questions)
        return list(await asyncio.gather(*jobs))

    async def warm_up(self, languages: Sequence[str] = ("en", "ko")) -> None:
        """Loads now what the first articles would have to wait for; other threads wait as well."""
        loop = asyncio.get_running_loop()
        for language in languages:
            await loop.run_in_executor(self._threads, self._analyser.load, language)

    def _analyse(self, article: Article) -> AnalyzedNewsArticle:
        started = time.perf_counter()
        found = self._analyser.find(article)
        taken = round((time.perf_counter() - started) * 1000, 3)
        return settled(article, found.findings, found.by, warnings=found.warnings, latency_ms=taken)
