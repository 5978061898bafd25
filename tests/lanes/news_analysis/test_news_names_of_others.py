from datetime import UTC, datetime
from typing import Any

import pytest

from inference.lanes.news_analysis.contract import RawNewsArticle

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
NEWSAPI = {
    "source": {"id": "desk", "name": "The Desk"},
    "author": "Ann Lee",
    "title": "A title",
    "description": "A summary",
    "url": "https://desk.example/a",
    "urlToImage": "https://desk.example/a.jpg",
    "publishedAt": "2026-11-20T09:00:00Z",
    "content": "The text",
}
EVENT_REGISTRY = {
    "uri": 8123456789,
    "lang": "eng",
    "dateTimePub": "2026-11-20T09:00:00Z",
    "dateTime": "2026-11-20T09:05:00Z",
    "url": "https://desk.example/a",
    "title": "A title",
    "body": "The text",
    "source": {"uri": "desk.example", "dataType": "news", "title": "The Desk"},
    "authors": [{"uri": "ann", "name": "Ann Lee"}],
    "concepts": [{"uri": "x", "label": {"eng": "Steel"}}],
    "image": "https://desk.example/a.jpg",
}
GDELT = {
    "url": "https://desk.example/a",
    "url_mobile": "https://m.desk.example/a",
    "title": "A title",
    "seendate": "20261120T090000Z",
    "socialimage": "https://desk.example/a.jpg",
    "domain": "desk.example",
    "language": "English",
    "sourcecountry": "South Korea",
}
SCHEMA_ORG = {
    "@id": "a-1",
    "mainEntityOfPage": {"@type": "WebPage", "@id": "https://desk.example/a"},
    "headline": "A title",
    "articleBody": "The text",
    "publisher": {"@type": "Organization", "name": "The Desk"},
    "author": [{"@type": "Person", "name": "Ann Lee"}],
    "datePublished": "2026-11-20T18:00:00+09:00",
    "inLanguage": "en-US",
    "articleSection": ["Business"],
    "keywords": "steel, ports",
    "image": {"@type": "ImageObject", "name": "a ship", "url": "https://desk.example/a.jpg"},
}
FEED = {
    "guid": {"#text": "a-1"},
    "link": "https://desk.example/a",
    "title": "A title",
    "description": "A summary",
    "content:encoded": "<p>The text</p>",
    "dc:creator": "Ann Lee",
    "pubDate": "Fri, 20 Nov 2026 09:00:00 GMT",
    "dc:language": "en",
    "category": ["Business", "Steel"],
    "enclosure": {"url": "https://desk.example/a.jpg", "type": "image/jpeg"},
}
ATOM = {
    "id": "a-1",
    "link": {"href": "https://desk.example/a", "rel": "alternate"},
    "title": {"type": "text", "value": "A title"},
    "content": [{"type": "text/html", "value": "<p>The text</p>"}],
    "author": {"name": "Ann Lee"},
    "updated": "2026-11-20T09:00:00Z",
    "xml:lang": "en",
}


@pytest.mark.parametrize("given", [NEWSAPI, EVENT_REGISTRY, GDELT, SCHEMA_ORG, FEED, ATOM])
def test_an_article_of_any_listed_form_is_understood(given: dict[str, Any]) -> None:
    found = RawNewsArticle.model_validate(given)
    assert found.title == "A title"
    assert found.url == "https://desk.example/a"
    assert found.published_at == NINE
    assert given is GDELT or "The text" in (found.content or "")


def test_who_wrote_and_published_it_is_found() -> None:
    found = [RawNewsArticle.model_validate(it) for it in (NEWSAPI, EVENT_REGISTRY, SCHEMA_ORG)]
    assert [it.authors for it in found] == [["Ann Lee"]] * 3
    assert [it.source.name for it in found] == ["The Desk"] * 3
    assert RawNewsArticle.model_validate(GDELT).source.domain == "desk.example"


def test_what_is_wrapped_in_objects_and_lists_is_unwrapped() -> None:
    registry, page, feed = map(RawNewsArticle.model_validate, (EVENT_REGISTRY, SCHEMA_ORG, FEED))
    assert (registry.article_id, registry.tags) == ("8123456789", ["Steel"])
    assert (page.category, page.tags) == ("Business", ["steel", "ports"])
    assert page.image_url == "https://desk.example/a.jpg"
    assert (feed.article_id, feed.category) == ("a-1", "Business")


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        *(("kor", "ko"), ("eng", "en"), ("ger", "de"), ("English", "en"), ("Korean", "ko")),
        *(("ko_KR", "ko-KR"), ("zh-hant-tw", "zh-Hant-TW"), (" JA ", "ja"), ("tlh", "tlh")),
        *(("a language", None), ("x" * 40, None), ("", None), ("1", None)),
    ],
)
def test_languages_become_tags(given: str, tag: str | None) -> None:
    assert RawNewsArticle.model_validate({"title": "A", "language": given}).language == tag


def test_our_own_name_wins_and_what_is_null_counts_as_missing() -> None:
    given = {"title": "ours", "headline": "theirs", "content": None, "body": "text", "url": ""}
    found = RawNewsArticle.model_validate(given)
    assert (found.title, found.content, found.url) == ("ours", "text", None)


def test_a_description_too_long_for_a_summary_is_the_content() -> None:
    given = {"title": "A", "description": "x" * 2_001}
    assert RawNewsArticle.model_validate(given).content == "x" * 2_001
    both = RawNewsArticle.model_validate(given | {"content": "the text"})
    assert (both.summary, both.content) == (None, "the text")


def test_a_picture_written_out_as_an_address_is_no_address() -> None:
    given = {"title": "A", "image": "data:image/png;base64," + "A" * 5_000}
    assert RawNewsArticle.model_validate(given).image_url is None


def test_what_was_written_by_us_is_read_by_us() -> None:
    once = RawNewsArticle.model_validate(FEED | {"raw": {"a": 1}, "deduplicate": False})
    assert RawNewsArticle.model_validate_json(once.model_dump_json()) == once
