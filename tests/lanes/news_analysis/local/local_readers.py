"""What the tests of the local rung share; Kiwi takes 2 s to load, so it is loaded once."""

from datetime import UTC, datetime
from functools import cache

from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import RawNewsArticle
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.local.english import English
from inference.lanes.news_analysis.local.korean import Korean
from inference.lanes.news_analysis.local.reading import Reader
from inference.lanes.news_analysis.preparation import prepared


@cache
def korean() -> Korean:
    return Korean()


@cache
def english() -> English:
    return English()


@cache
def analyser() -> LocalAnalyser:
    return LocalAnalyser({"ko": korean, "en": english})


def article(title: str, body: str = "", language: str = "en") -> Article:
    raw = RawNewsArticle(title=title, content=body or None, language=language)
    made = prepared(raw, datetime(2026, 11, 21, tzinfo=UTC))
    assert isinstance(made, Article)
    return made


def tone(reader: Reader, sentence: str) -> float:
    return reader.read(sentence, "").title[0].tone
