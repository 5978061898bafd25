"""Whatever an article says, it is answered, and the answer needs few repairs."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from local_readers import analyser

from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import RawNewsArticle
from inference.lanes.news_analysis.findings import settled
from inference.lanes.news_analysis.preparation import prepared

NEWS = (
    "Sales rose no but not the killed ! . , Mr of 2 한빛 전자 가 숨졌다 않았다 없다 매출이 늘었다 "
    "지만 東京 です 。 😀 ㅋㅋ 's -"
)
WORDS = st.sampled_from(NEWS.split())
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(title=TEXTS.filter(bool), body=TEXTS, language=st.sampled_from(["en", "ko", "ja"]))
def test_any_text_is_answered(title: str, body: str, language: str) -> None:
    raw = RawNewsArticle(title=title, content=body or None)
    article = prepared(raw, datetime.now(UTC))
    if isinstance(article, Article):
        found = analyser().find(article._replace(language=language))
        answer = settled(article, found.findings, found.by)
        assert abs(answer.analysis.sentiment_score) <= 1
