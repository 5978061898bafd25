"""Summaries, keywords, categories and names."""

import pytest
from local_readers import analyser, article

from inference.lanes.news_analysis.contract import Category, EntityType, SentimentType
from inference.lanes.news_analysis.findings import Findings

ENGLISH = (
    "Nordline Shipping orders two ferries\n"
    "Nordline Shipping has ordered two ferries from a yard in Gdansk. The ferries carry 400 cars. "
    "Mr Hansen, who leads the company, named no price. A café opens at noon. "
    "The first of the ferries is to sail from Oslo in 2029. The yard has built ferries since 1950."
)
KOREAN = (
    "한빛전자, 새 공장 착공\n"
    "한빛전자가 대전에 새 공장을 짓기 시작했다. 공장은 반도체 장비를 만든다. "
    "김민수 대표는 기자들에게 일정을 설명했다. 점심은 국수였다. "
    "새 공장은 내년에 문을 연다. 한빛전자는 공장을 세 곳 두고 있다."
)


def found(text: str, language: str) -> Findings:
    title, _, body = text.partition("\n")
    return analyser().find(article(title, body, language)).findings


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (KOREAN, "ko")])
def test_a_summary_has_whole_sentences_of_the_body_in_their_order(text: str, language: str) -> None:
    summary, body = found(text, language).summary, text.partition("\n")[2]
    places = [body.index(f"{part.strip('.')}.") for part in summary.split(". ")]
    assert len(places) == 3
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "language", "aside"), [(ENGLISH, "en", "café"), (KOREAN, "ko", "국수")]
)
def test_what_has_nothing_to_do_with_the_rest_is_no_summary(
    text: str, language: str, aside: str
) -> None:
    assert aside not in found(text, language).summary


def test_keywords_are_what_the_text_comes_back_to() -> None:
    assert {"ferries", "Nordline Shipping"} <= set(found(ENGLISH, "en").keywords)
    assert {"한빛전자", "공장"} <= set(found(KOREAN, "ko").keywords)


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (KOREAN, "ko")])
def test_every_keyword_stands_in_the_text(text: str, language: str) -> None:
    keywords = found(text, language).keywords
    assert 0 < len(keywords) <= 10
    assert all(keyword in text for keyword in keywords)


def test_names_are_told_where_the_text_gives_them_away() -> None:
    english = {(one.text, one.type) for one in found(ENGLISH, "en").entities}
    assert ("Hansen", EntityType.PERSON) in english
    assert ("Oslo", EntityType.PLACE) in english
    assert ("Nordline Shipping", EntityType.ORGANISATION) in english
    korean = {(one.text, one.type) for one in found(KOREAN, "ko").entities}
    assert ("김민수", EntityType.PERSON) in korean
    assert ("대전", EntityType.PLACE) in korean


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("Parliament votes on election bill\nThe minister spoke.", "en", Category.POLITICS),
        ("The team won the match\nThe coach praised the players.", "en", Category.SPORTS),
        ("경찰, 사기 일당 검거\n검찰은 이들을 기소했다.", "ko", Category.CRIME),
        ("Nothing much\nIt was so.", "en", Category.OTHER),
    ],
)
def test_a_category_is_what_most_words_speak_for(
    text: str, language: str, category: Category
) -> None:
    assert found(text, language).category is category


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_title_alone_is_its_own_summary(language: str) -> None:
    assert found("Storm 폭풍", language).summary == "Storm 폭풍"


def test_good_and_bad_in_equal_parts_are_mixed() -> None:
    text = "Two stories\nThe team won a medal. Two people were killed. Everybody is happy. A riot."
    assert found(text, "en").sentiment is SentimentType.MIXED
