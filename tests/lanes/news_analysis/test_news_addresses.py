import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.lanes.news_analysis.urls import canonical, host


@pytest.mark.parametrize(
    ("given_url", "found"),
    [
        ("HTTPS://News.Example:443/A?b=2&a=1#part", "https://news.example/A?a=1&b=2"),
        ("http://news.example", "http://news.example/"),
        ("http://news.example:8080/x", "http://news.example:8080/x"),
        ("https://me:secret@news.example/x", "https://news.example/x"),
        ("https://news.example./x", "https://news.example/x"),
        ("https://뉴스.한국/기사", "https://xn--vg1b002a.xn--3e0b707e/%EA%B8%B0%EC%82%AC"),
        ("https://news.example/%ea%b8%b0 100%", "https://news.example/%EA%B8%B0100%25"),
        ("https://news.example/?q=%B1%E2%BB%E7", "https://news.example/?q=%B1%E2%BB%E7"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        (" https://news.\u200bexample/\nx ", "https://news.example/x"),
        ("https://news.example/?b=2&b=1&&a", "https://news.example/?a&b=2&b=1"),
    ],
)
def test_an_address_has_one_form(given_url: str, found: str) -> None:
    assert canonical(given_url) == found


@pytest.mark.parametrize(
    "tracking",
    ["utm_source=a", "UTM_Medium=b", "fbclid=1", "gclid=1", "mc_eid=3", "ref_src=x", "%75tm_id=1"],
)
def test_tracking_is_left_out_and_nothing_else(tracking: str) -> None:
    found = canonical(f"https://news.example/a?id=7&{tracking}&reference=x")
    assert found == "https://news.example/a?id=7&reference=x"


@pytest.mark.parametrize(
    "given_url",
    [
        *("", "news", "//news.example/", "ftp://news.example/", "javascript:alert(1)", "https://"),
        *("https://[::1", "https://a:99999/", "https:///x", "https://a b!/"),
        "https://news.example/" + "x" * 2_000,
    ],
)
def test_what_is_no_web_address_is_none(given_url: str) -> None:
    assert canonical(given_url) is None


PIECES = st.sampled_from(
    [
        "https://",
        "HTTP://",
        "a.example",
        "한.kr",
        ":80",
        "/",
        "?",
        "&",
        "=",
        "%",
        "%7e",
        "#",
        " ",
        "@",
    ]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=10).map("".join))
def test_the_one_form_of_an_address_is_its_own(written: str) -> None:
    for url in (written, f"https://a.example/{written}"):
        found = canonical(url)
        assert found is None or canonical(found) == found


def test_a_host_is_told_without_its_usual_first_label() -> None:
    assert host("https://www.news.example/x") == "news.example"
