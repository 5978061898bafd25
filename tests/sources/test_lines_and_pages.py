import json
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from inference.contract import Content
from inference.lanes.news_analysis.contract import RawNewsArticle
from producer.sources import Item, lines, pages
from producer.sources.extraction import article

BODY = "기사 본문이 여기에 있다. " * 20
PAGE = f"""<!doctype html><html lang="ko"><head><meta charset="euc-kr">
<title>제목 - 한강일보</title><link rel="canonical" href="https://news.example/1">
<meta property="og:site_name" content="한강일보">
<script type="application/ld+json">{{"@graph": [7, {{"@type": ["NewsArticle"], "headline": "제목",
"author": [{{"name": "김기자"}}, "이기자"], "datePublished": "2026-11-20T09:30:00+09:00",
"description": "한 줄"}}]}}</script></head>
<body><nav>{"메뉴 " * 200}</nav><div id="a"><p>{BODY}</p><p style="display:none">숨은 글</p>
<script>var x = "{BODY}"</script></div><div>{'<a href="/2">다른 기사</a>' * 200}</div>
<footer>{"회사 소개 " * 200}</footer></body></html>"""


def ids(items: list[Item]) -> list[str]:
    return [item.id(item.read(1000)) for item in items if item.id is not None]


def test_each_line_is_a_document_and_blank_ones_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"title": "a"}\n\n  \r\n{"title": "b"}\r\n{"title": "c"}')
    items = list(lines.items([path], BytesIO(), 100))
    assert [item.name for item in items] == ["a.jsonl:1", "a.jsonl:4", "a.jsonl:5"]
    assert items[1].read(1) == Content(b'{"title": "b"}', "application/json")


def test_a_line_is_the_same_question_when_its_file_is_sent_again_or_has_grown(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n{}\n")
    first = ids(list(lines.items([path], BytesIO(), 100)))
    path.write_bytes(b"{}\n{}\n{}\n")
    again = ids(list(lines.items([path], BytesIO(), 100)))
    assert again[:2] == first
    assert len(set(again)) == 3


def test_a_line_above_the_limit_is_cut_where_that_shows_and_the_next_is_whole() -> None:
    stdin = BytesIO(b"x" * 1000 + b"\nshort\n" + b"y" * 11 + b"\n" + b"z" * 10 + b"\n")
    items = list(lines.items([lines.STDIN], stdin, 10))
    assert [item.read(1).data for item in items] == [
        b"x" * 11, b"short", b"y" * 11, b"z" * 10,
    ]  # fmt: skip
    assert items[1].name == "stdin:2"


def documents(folder: Path) -> dict[str, dict[str, Any]]:
    """Each page's document, which the lane for news has understood."""
    found = {item.name: item.read(0).data for item in pages.items([folder])}
    for data in found.values():
        RawNewsArticle.model_validate_json(data)
    return {name: json.loads(data) for name, data in found.items()}


def test_a_page_becomes_an_article_without_what_stands_around_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "1.HTML").write_bytes(PAGE.encode("euc-kr"))
    (tmp_path / "picture.jpg").write_bytes(b"no page")
    [(name, found)] = documents(tmp_path).items()
    assert (name, found["title"], found["summary"]) == ("deep/1.HTML", "제목", "한 줄")
    assert (found["url"], found["language"]) == ("https://news.example/1", "ko")
    assert found["source"] == {"name": "한강일보", "domain": "news.example"}
    assert (found["authors"], found["published_at"]) == (
        ["김기자", "이기자"],
        "2026-11-20T00:30:00+00:00",
    )
    assert BODY.strip() in found["content"]
    assert not any(word in found["content"] for word in ("메뉴", "다른 기사", "회사", "var x"))


def test_what_a_page_hides_stays_marked_as_hidden_for_the_lane(tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(PAGE)
    [found] = documents(tmp_path).values()
    assert '<p style="display:none">숨은 글</p>' in found["content"]


def test_a_page_that_says_nothing_about_itself_still_has_a_title_and_a_text(tmp_path: Path) -> None:
    (tmp_path / "1.htm").write_text(f"<h1>Big  news</h1><p>{'It happened. ' * 30}")
    [found] = documents(tmp_path).values()
    assert found["title"] == "Big news"
    assert found["content"].count("It happened.") == 30


def test_formats_that_are_never_closed_do_not_fill_the_memory(tmp_path: Path) -> None:
    formats = "".join(f"<b id={number}>" for number in range(4_000))
    (tmp_path / "1.html").write_text(f"<h1>News</h1>{formats}" + "<p>It happened." * 4_000)
    [found] = documents(tmp_path).values()
    assert found["title"] == "News"


def test_the_same_page_is_the_same_question(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    first = ids(list(pages.items([tmp_path])))
    assert ids(list(pages.items([tmp_path]))) == first
    (tmp_path / "a.html").write_text(PAGE.replace("여기", "저기"))
    assert ids(list(pages.items([tmp_path]))) != first


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<div>" * 300_000,
        "<a>" * 300_000,
        "<table><td>" * 100_000,
        "<b><p>" * 100_000,
        '<script type="application/ld+json">' + "[" * 200_000 + "</script>",
        '<script type="application/ld+json">{"@type": {"a": 1}, "@graph": {"x": []}}</script>',
        '<script type="application/ld+json">{"@type": "Article", "author": 7, "headline": {}}',
        "\0<\xff<!--" * 10_000,
    ],
)
def test_an_odd_page_is_read_soon_and_never_an_error(page: str) -> None:
    began = time.perf_counter()
    article(page)
    assert time.perf_counter() - began < 10
