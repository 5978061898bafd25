from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from feed_documents import RSS_091

from inference.errors import Misconfigured
from producer.sources.feeds.lists import Listed, listed

OPML = """\ufeff<?xml version="1.0"?><opml version="2.0"><body><outline text="News">
<outline type="rss" xmlUrl="https://a.example/rss"/><outline xmlUrl="https://b.example/rss"/>
<outline text="no feed"/><outline xmlUrl="file:///etc/passwd"/></outline></body></opml>"""


def test_an_address_is_a_feed_once() -> None:
    assert listed(["https://a.example/rss", "https://a.example/rss"]) == [
        Listed("https://a.example/rss")
    ]


def test_a_file_lists_feeds_line_by_line_with_the_zone_of_their_times(tmp_path: Path) -> None:
    path = tmp_path / "feeds.txt"
    lines = ["\ufeff# mine", "", "https://a.example/rss", "HTTP://b.example/ Asia/Seoul # c"]
    path.write_text("\r\n".join(lines))
    assert listed([str(path)]) == [
        Listed("https://a.example/rss"),
        Listed("HTTP://b.example/", zone=ZoneInfo("Asia/Seoul")),
    ]


def test_a_list_from_a_feed_reader_is_taken(tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text(OPML)
    found = listed([str(tmp_path / "feeds.opml")])
    assert [feed.url for feed in found] == ["https://a.example/rss", "https://b.example/rss"]


def test_a_feed_may_lie_in_the_file_itself(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(RSS_091)
    assert listed([str(path)]) == [Listed(path=path)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://a.example/\nfeed.xml", "line 2: write the address of a feed"),
        ("https://a.example/ Asia/Seoul twice", "line 1: write the address"),
        ("https://a.example/ Mars/Phobos", "line 1: no time zone is called 'Mars/Phobos'"),
        ("https://a.example/ ../../etc/passwd", "line 1: no time zone is called"),
        ("<rss", r"it is no well-formed XML \(line 1\)"),
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "declares a document type"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "feeds").write_text(text)
    with pytest.raises(Misconfigured, match=words):
        listed([str(tmp_path / "feeds")])


@pytest.mark.parametrize("name", ["ftp://a.example/rss", "http://[", "http://", "nowhere.txt", "/"])
def test_what_is_neither_address_nor_file_is_told(name: str) -> None:
    with pytest.raises(Misconfigured, match="is neither http"):
        listed([name])
