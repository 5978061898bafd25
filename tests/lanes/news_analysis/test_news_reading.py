import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.contract import Content, Reason, Rejection
from inference.lanes.news_analysis.contract import CONTRACT, RawNewsArticle

SECRET = "unmistakable"


def read(value: bytes) -> RawNewsArticle | Rejection:
    return CONTRACT.read(Content(value, "application/json"))


def refused(**fields: object) -> Rejection:
    found = read(json.dumps({"title": SECRET, **fields}).encode())
    assert isinstance(found, Rejection)
    assert SECRET not in found.detail
    return found


def test_an_article_needs_nothing_but_a_title() -> None:
    found = read('{"title": "한 줄", "unknown": 1}'.encode())
    assert isinstance(found, RawNewsArticle)
    assert found.title == "한 줄"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"", "line 1"),
        (b'{"title": "unmistakable",}', "line 1, column 2"),
        (b"\xff\xfe\x00", "not JSON"),
        ('{"title": "한"}'.encode("euc-kr"), "not JSON"),
        (b'{"title": "unmistakable", "content": NaN}', "not JSON"),
        (b'["unmistakable"]', "one article as a JSON object"),
        (b'"unmistakable"', "one article as a JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"content": "unmistakable"}', "title: Field required"),
        (b'{"title": {"a": ["unmistakable"]}}', "title: Input should be a valid string"),
    ],
)
def test_what_is_no_article_is_told_what_is_wrong_and_never_quoted(value: bytes, said: str) -> None:
    found = read(value)
    assert isinstance(found, Rejection)
    assert (found.reason, found.stage) == (Reason.MALFORMED, "read")
    assert said in found.detail
    assert SECRET not in found.detail


def test_what_is_too_long_is_refused_with_its_limit() -> None:
    assert "title: String should have at most 500" in refused(title=SECRET * 50).detail
    assert "content: String should have at most 50000" in refused(content=SECRET * 5_000).detail
    assert "url: String should have at most 2000" in refused(url=SECRET * 200).detail


def test_a_naive_date_is_refused_with_what_to_write() -> None:
    found = refused(published_at="2026-11-20T09:00:00")
    assert found.reason is Reason.REFUSED
    assert found.detail.startswith("published_at: says no time zone: write one, such as")


def test_raw_is_bounded_by_its_bytes() -> None:
    assert "raw: has more than 65536 bytes" in refused(raw={"a": "한" * 22_000}).detail
    assert isinstance(
        read(json.dumps({"title": "t", "raw": {"a": "한" * 21_000}}).encode()), RawNewsArticle
    )


def test_only_the_first_faults_are_told() -> None:
    assert refused(authors=[True] * 40).detail.count(";") == 4


def test_half_a_character_at_the_end_of_a_cut_text_does_not_matter() -> None:
    found = read(rb'{"title": "cut \ud83d", "raw": {"k": "\udc00"}}')
    assert isinstance(found, RawNewsArticle)
    assert found.title == "cut ?"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["title", "headline", "source", "author", "keywords", "image", "uri", "pubDate", "language"]
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_json_is_an_article_or_a_rejection(fields: dict[str, Any]) -> None:
    assert isinstance(read(json.dumps(fields).encode()), RawNewsArticle | Rejection)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_rejection(value: bytes) -> None:
    assert isinstance(read(value), Rejection)
