from datetime import UTC, timedelta
from typing import Any

import pytest
from hostility import NOW, article, corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from test_plain_text import TEXTS

from inference.contract import Reason, Rejection
from inference.lanes.news_analysis import preparation
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import RawNewsArticle
from inference.lanes.news_analysis.preparation import FROM_THE_FUTURE, NO_ADDRESS, prepare, prepared

TITLES = TEXTS.filter(lambda text: "\ud83d" not in text).map(lambda text: text[:500] or "title")
SENT = st.fixed_dictionaries(
    {"title": TITLES},
    optional={
        "content": TITLES,
        "summary": TITLES,
        "url": st.sampled_from(["https://A.example/?b=1&a=2&utm_id=3#x", "no address"]) | TITLES,
        "source": st.fixed_dictionaries({"name": TITLES.map(lambda text: text[:200])}),
        "authors": st.lists(TITLES, max_size=3),
        "language": st.sampled_from(["ko", "English", "ja", "fra"]),
        "published_at": st.datetimes(timezones=st.just(UTC)),
        "article_id": TITLES.map(lambda text: text[:200]),
    },
)


def facts(found: Article) -> Article:
    """All but the warnings and the flag, which tell of what was there before."""
    return found._replace(warnings=(), flagged=False)


@settings(deadline=None)
@given(SENT)
def test_preparing_what_was_prepared_changes_nothing(sent: dict[str, Any]) -> None:
    once = prepared(RawNewsArticle.model_validate(sent), NOW)
    if isinstance(once, Rejection):
        assert once.reason is Reason.REFUSED
        return
    again = prepared(once.raw, NOW)
    assert isinstance(again, Article)
    assert facts(again) == facts(once)
    assert again.warnings == ()
    assert prepared(RawNewsArticle.model_validate_json(once.raw.model_dump_json()), NOW) == again


@pytest.mark.parametrize("given", [*corpus("hostile"), *corpus("honest")])
def test_so_it_is_with_hostile_articles(given: dict[str, Any]) -> None:
    once = article(given)
    again = prepared(once.raw, NOW)
    assert isinstance(again, Article)
    assert facts(again) == facts(once)


def test_the_text_is_plain_and_its_body_the_longer_of_content_and_summary() -> None:
    page = "<p>The <b>whole</b> article.</p><p>In two lines.</p>"
    found = article({"title": " A &amp; B ", "summary": "Short.", "content": page})
    assert found.text == "A & B\n\nThe whole article.\nIn two lines."
    cut = article({"title": "A", "summary": "The longer text.", "content": "The… [+912 chars]"})
    assert (cut.body, cut.raw.content) == ("The longer text.", "The")
    assert article({"title": "Nothing else"}).text == "Nothing else"


def test_an_article_is_known_by_its_address() -> None:
    urls = ["https://a.example/x?utm_source=b", "HTTPS://A.EXAMPLE:443/x#top"]
    first, second = (article({"title": url, "url": url}) for url in urls)
    assert first.ref.url == "https://a.example/x"
    assert first.ref.id == second.ref.id
    assert len(first.ref.id) == 32


def test_without_an_address_it_is_known_by_source_title_and_date() -> None:
    given = {"title": "A", "source": "Desk", "published_at": "2026-11-20T00:00:00Z"}
    assert article(given).ref.id == article(given | {"content": "more"}).ref.id
    assert article(given).ref.id != article(given | {"source": "Other"}).ref.id
    assert article(given | {"article_id": "mine"}).ref.id == "mine"


def test_articles_without_address_and_date_are_known_by_their_text() -> None:
    first, second = (article({"title": "Weather", "content": text}) for text in ("Rain.", "Sun."))
    assert first.ref.id != second.ref.id


def test_a_date_far_ahead_is_brought_back_and_told() -> None:
    late, soon = (NOW + timedelta(hours=hours) for hours in (25, 23))
    found = article({"title": "A", "published_at": late})
    assert found.ref.published_at == NOW
    assert found.warnings == (FROM_THE_FUTURE,)
    assert article({"title": "A", "published_at": soon}).ref.published_at == soon


def test_an_id_does_not_change_with_the_hour_at_which_a_date_is_brought_back() -> None:
    sent = RawNewsArticle.model_validate({"title": "A", "published_at": NOW + timedelta(days=9)})
    first, second = (prepared(sent, NOW + timedelta(hours=hour)) for hour in (0, 1))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.ref.id == second.ref.id


def test_what_is_no_address_is_left_out_and_told() -> None:
    found = article({"title": "A", "url": "javascript:alert(1)", "image": "ftp://a.example/"})
    assert (found.ref.url, found.raw.image_url) == (None, None)
    assert found.warnings == (NO_ADDRESS,)


def test_a_source_is_named_by_its_address_where_nothing_else_names_it() -> None:
    found = article({"title": "A", "url": "https://www.desk.example/a"}).ref.source
    assert (found.name, found.domain) == ("desk.example", "desk.example")
    said = article({"title": "A", "source": {"name": "<b>Desk</b>", "uri": "https://d.example/x"}})
    assert (said.ref.source.name, said.ref.source.domain) == ("Desk", "d.example")


def test_names_that_grow_or_are_too_long_break_nothing() -> None:
    host = ".".join(["a" * 60] * 4)
    found = article({"title": "A", "url": f"https://{host}/", "source": {"id": "\u0958" * 200}})
    assert (found.ref.source.domain, len(found.ref.source.name)) == (host, 200)
    assert article({"title": "A", "url": f"https://{host}.{host}/"}).warnings == (NO_ADDRESS,)
    assert len(article({"title": "A", "article_id": "\u0958" * 200}).ref.id) <= 200


def test_names_are_not_taken_apart_beyond_what_a_name_can_have() -> None:
    sent = RawNewsArticle(title="t", authors=["<div>" * 100_000, "<b>Ann</b>"], tags=["Sea"])
    found = prepared(sent, NOW)
    assert isinstance(found, Article)
    assert (found.raw.authors, found.raw.tags) == (["Ann"], ["Sea"])


def test_equal_texts_have_equal_hashes_however_they_were_written() -> None:
    plain = article({"title": "Rain", "content": "It rains.", "source": "One"})
    page = article({"title": "<b>Rain</b>", "content": "<p>It\u200b  rains.</p>", "source": "Two"})
    assert plain.content_hash == page.content_hash
    assert plain.content_hash != article({"title": "Rain", "content": "It rained."}).content_hash


async def test_a_title_that_nobody_sees_is_refused_and_its_neighbours_are_prepared() -> None:
    titles = ["One", "<script>x</script>\u200b", "Two"]
    found = await prepare([RawNewsArticle(title=title) for title in titles])
    assert found[1] == Rejection(
        Reason.REFUSED, "prepare", "title: has no text that a reader would see"
    )
    assert [it.title for it in found if isinstance(it, Article)] == ["One", "Two"]


def test_what_the_first_article_would_wait_for_can_be_loaded_before() -> None:
    preparation.warm_up()
    assert article({"title": "Nothing has happened yet"}).raw.fetched_at == NOW
