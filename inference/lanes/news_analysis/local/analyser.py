"""One article, from its text to what is found in it."""

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import Analyser
from inference.lanes.news_analysis.findings import Findings, Mention
from inference.lanes.news_analysis.local import keywords, summary, tone, topics
from inference.lanes.news_analysis.local.plain import Plain
from inference.lanes.news_analysis.local.reading import MOST_READ, Reader, Reading

_UNKNOWN = "the local rung knows no words of this language: its tone was not judged"
_CUT = f"only the first {MOST_READ} characters were read"
_MOST_NAMES = 20


class Found(NamedTuple):
    """What is found in an article, by whom, and what there is to say about it."""

    findings: Findings
    by: Analyser
    warnings: tuple[str, ...]


class Once:
    """A reader that is loaded when it is first needed, and by one thread only."""

    def __init__(self, load: Callable[[], Reader]) -> None:
        self._load, self._lock = load, threading.Lock()
        self._reader: Reader | None = None

    def __call__(self) -> Reader:
        """The reader."""
        with self._lock:
            if self._reader is None:
                self._reader = self._load()
            return self._reader


class LocalAnalyser:
    """Answers on the calling thread; several threads may ask at once."""

    def __init__(self, readers: Mapping[str, Callable[[], Reader]] | None = None) -> None:
        loaders = READERS if readers is None else readers
        self._readers = {language: Once(load) for language, load in loaders.items()}
        self._plain = Plain()

    def find(self, article: Article) -> Found:
        """What is found in an article."""
        opened = self._readers.get(article.language.partition("-")[0])
        reader = opened() if opened is not None else self._plain
        found = _findings(reader.read(article.title, article.body[:MOST_READ]))
        return Found(found, reader.analyser, tuple(_warnings(article, known=opened is not None)))

    def load(self, language: str) -> None:
        """Loads what reads a language, before it is needed."""
        opened = self._readers.get(language)
        if opened is not None:
            opened()


def _korean() -> Reader:
    # Its client reserves memory on being imported; whoever reads no Korean does without it.
    from inference.lanes.news_analysis.local.korean import Korean  # noqa: PLC0415 - lazily

    return Korean()


def _english() -> Reader:
    from inference.lanes.news_analysis.local.english import English  # noqa: PLC0415 - lazily

    return English()


READERS: Mapping[str, Callable[[], Reader]] = {"ko": _korean, "en": _english}


def _findings(reading: Reading) -> Findings:
    sentiment, score = tone.minded(reading)
    names = dict.fromkeys(reading.names)
    return Findings(
        sentiment,
        score,
        # Nothing here knows how often it is right.
        confidence=None,
        summary=summary.extract(reading.body or reading.title),
        keywords=keywords.best(reading.phrases),
        category=topics.about(reading.topics),
        entities=[Mention(name.text, name.type) for name in names][:_MOST_NAMES],
    )


def _warnings(article: Article, *, known: bool) -> list[str]:
    told = {_UNKNOWN: not known, _CUT: len(article.body) > MOST_READ}
    return [warning for warning, holds in told.items() if holds]
