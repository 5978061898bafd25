import json
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from feed_documents import ATOM, ATOM_03, RDF, RSS, RSS_091

from inference.lanes.news_analysis.contract import RawNewsArticle
from producer.sources import feeds
from producer.sources.article import document
from producer.sources.dates import moment

SCOPE = "https://feeds.example/rss"
HALF_PAST_NINE = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def articles(data: bytes, zone: str | None = None) -> list[dict[str, Any]]:
    """The entries' documents, each of which the lane for news has understood."""
    read = feeds.read(data, SCOPE, ZoneInfo(zone) if zone else None)
    documents = [document(found, read.origin) for found in read.found]
    for content in documents:
        RawNewsArticle.model_validate_json(content.data)
    return [json.loads(content.data) for content in documents]


@pytest.mark.parametrize("encoding", ["utf-8", "euc-kr", "cp949", "utf-16"])
def test_a_korean_feed_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    first, *_ = articles(RSS.format(encoding=encoding).encode(encoding))
    assert first == {
        "article_id": "n-1",
        "url": "https://news.example/economy/1",
        "title": '반도체 수출 "사상 최대" & 호조',
        "summary": "<p>수출이\xa0늘었다.</p>",
        "content": "<p>지난달 반도체 수출이 크게 늘었다.</p>",
        "source": {"name": "한강일보", "domain": "news.example"},
        "source_url": "https://news.example/",
        "authors": ["김기자", "경제부"],
        "published_at": HALF_PAST_NINE.isoformat(),
        "language": "ko-KR",
        "tags": ["경제", "반도체"],
        "image_url": "https://news.example/1.jpg",
    }


def test_an_entry_without_title_link_or_date_is_still_an_article() -> None:
    _, untitled, undated = articles(RSS.format(encoding="utf-8").encode())
    assert untitled["title"] == "제목 없는 속보"
    assert untitled["url"] == untitled["article_id"] == "https://news.example/flash/2"
    assert "published_at" not in untitled
    assert (undated["title"], undated.get("published_at")) == ("날짜 없음", None)


def test_a_time_without_a_zone_is_taken_as_of_the_one_listed_for_the_feed() -> None:
    _, untitled, _ = articles(RSS.format(encoding="utf-8").encode(), "Asia/Seoul")
    assert untitled["published_at"] == "2026-11-20T01:00:00+00:00"


def test_rss_1_is_read_with_its_items_beside_the_channel() -> None:
    [article] = articles(RDF.encode())
    assert article["source"] == {"name": "Old Paper", "domain": "rdf.example"}
    assert article["published_at"] == "2026-11-20T07:00:00+00:00"
    assert (article["article_id"], article["authors"]) == ("https://rdf.example/a", ["A. Writer"])


def test_atom_is_read_with_its_kinds_of_text() -> None:
    [article] = articles(ATOM.encode())
    assert (article["title"], article["summary"]) == ("a &lt; b", "<i>short</i>")
    assert article["content"] == "<div><p>one &amp;\n      <b>two</b></p>three</div>"
    assert (article["url"], article["language"]) == ("https://atom.example/1", "ja")
    assert article["published_at"] == "2026-11-20T09:00:00.500000+00:00"
    assert (article["authors"], article["tags"]) == (["Ann", "Bo"], ["maths"])
    assert article["source"]["name"] == "The &amp; Times"


@pytest.mark.parametrize(
    ("text", "title"), [(ATOM_03, "Still here"), (RSS_091, "Café opens\xa0today")]
)
def test_elder_dialects_are_read_too(text: str, title: str) -> None:
    assert [article["title"] for article in articles(text.encode())] == [title]


def test_what_html_calls_a_character_becomes_it_and_never_markup_of_the_feed() -> None:
    [article] = articles(RSS_091.encode().replace(b"&AMP;", b"&LT;"))
    assert article["summary"] == "Fine < well <3"


def test_what_is_too_long_is_cut_to_what_the_contract_takes() -> None:
    long = "가" * 60_000
    item = f"<item><title>{long}</title><description>{long}</description><guid>{long}</guid></item>"
    [article] = articles(f"<rss><channel><title>{long}</title>{item}</channel></rss>".encode())
    assert len(article["title"]) == 500
    assert (len(article["content"]), "summary" in article) == (50_000, False)
    assert "article_id" not in article


def test_a_link_that_is_no_address_is_left_out() -> None:
    for link in ("javascript:alert(1)", "http://[", "mailto:a@b", "https://h/" + "x" * 3000):
        item = f"<item><title>t</title><link>{link}</link></item>"
        [article] = articles(f"<rss><channel>{item}</channel></rss>".encode())
        assert "url" not in article


def test_texts_that_are_endless_are_read_soon() -> None:
    endless = "a" * 3_000_000
    tags = "".join(f"<{name}>{endless}</{name}>" for name in ("author", "pubDate"))
    began = time.perf_counter()
    [article] = articles(
        f"<rss><channel><item><title>t</title>{tags}</item></channel></rss>".encode()
    )
    assert len(article["authors"][0]) == 100
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 20 Nov 2026 09:30:00 KST", HALF_PAST_NINE),
        ("20 Nov 2026 00:30 GMT", HALF_PAST_NINE),
        ("Fri, 20 Nov 2026 00:30:00 -0000", HALF_PAST_NINE),
        ("2026-11-20T09:30:00+09:00", HALF_PAST_NINE),
        ("2026-11-20T00:30Z", HALF_PAST_NINE),
        ("2026-11-20 09:30:00 +0900", HALF_PAST_NINE),
        ("2026-11-20 09:30 KST", HALF_PAST_NINE),
        ("2026-11-20 09:30:00", None),
        ("Fri, 20 Nov 2026 09:30:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Fri, 99 Nov 2026 09:30:00 GMT", None),
        ("2026년 11월 20일", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_understood_or_left_out(text: str, expected: datetime | None) -> None:
    assert moment(text) == expected
