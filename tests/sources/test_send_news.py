import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import LANE, Desk
from feed_documents import RSS, numbered
from publisher_site import Page, Site

from inference import lanes
from inference.contract import Content, Rejection
from local import topics
from local.kafka import Broker


@pytest.fixture
def nowhere(tmp_path: Path) -> Desk:
    return Desk("127.0.0.1:1", "nothing", tmp_path)


@pytest.fixture
async def desk(broker: Broker, names: Callable[[str], str], tmp_path: Path) -> Desk:
    topic = names("news")
    await topics.create(broker.bootstrap, [topic], partitions=1)
    return Desk(broker.bootstrap, topic, tmp_path)


@pytest.mark.kafka
async def test_feeds_of_a_file_are_sent_once_whatever_happens_between(
    desk: Desk, publisher: Site
) -> None:
    publisher.pages |= {"/a": Page(numbered(range(3))), "/b": Page(numbered(range(3, 5)))}
    listing = desk.folder / "feeds.txt"
    listing.write_text(f"{publisher.url('/a')}\n{publisher.url('/b')} Asia/Seoul\n")
    first = await asyncio.to_thread(desk.send, LANE, "--feed", str(listing))
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == f"5 of 5 are written to {desk.topic}\n"
    publisher.pages["/a"] = Page(numbered(range(1, 4)))
    publisher.pages["/b"] = Page(numbered(range(3, 6)))
    second = await asyncio.to_thread(desk.send, LANE, "--feed", str(listing))
    assert second.stdout.startswith(f"1 of 1 are written to {desk.topic}\n5 were sent before")
    assert await desk.titles() == [f"Entry {number}" for number in range(6)]


@pytest.mark.kafka
async def test_an_entry_has_the_same_id_each_time_and_its_lane_takes_it(
    desk: Desk, publisher: Site
) -> None:
    publisher.pages["/"] = Page(RSS.format(encoding="euc-kr").encode("euc-kr"))
    for _ in range(2):
        arguments = (LANE, "--feed", publisher.url("/"), "--again", "--json")
        ended = await asyncio.to_thread(desk.send, *arguments)
        assert ended.returncode == 0
    told = [json.loads(line)["id"] for line in ended.stdout.splitlines()]
    ids = await desk.ids()
    assert sorted(ids) == sorted(told * 2)
    for record in await desk.records():
        assert record.key.decode() in ids
        read = lanes.contract(LANE).read(Content(record.value, "application/json"))
        assert not isinstance(read, Rejection)


@pytest.mark.kafka
async def test_a_feed_that_cannot_be_read_does_not_keep_the_others(
    desk: Desk, publisher: Site
) -> None:
    publisher.pages |= {"/a": Page(b"<rss>"), "/b": Page(numbered(range(2)))}
    feeds = [
        f"--feed={publisher.url(path)}" for path in ("/a?key=secret", "/gone?key=secret", "/b")
    ]
    publisher.pages["/a?key=secret"] = publisher.pages["/a"]
    ended = await asyncio.to_thread(desk.send, LANE, *feeds)
    assert ended.returncode == 1
    assert sorted(ended.stderr.splitlines()) == [
        f"{publisher.url('/a')}: it is no well-formed XML (line 1)",
        f"{publisher.url('/gone')}: its server answered 404",
    ]
    assert ended.stdout == f"2 of 2 are written to {desk.topic}\n"


@pytest.mark.kafka
async def test_what_the_broker_did_not_get_is_sent_the_next_time(
    desk: Desk, publisher: Site
) -> None:
    publisher.pages["/"] = Page(numbered(range(2)), headers={"ETag": '"v"'})
    away = desk._replace(bootstrap="127.0.0.1:1")
    ended = await asyncio.to_thread(away.send, LANE, "--feed", publisher.url("/"))
    assert (ended.returncode, ended.stderr.partition(" at ")[0]) == (
        1,
        "penstock: cannot reach Kafka",
    )
    ended = await asyncio.to_thread(desk.send, LANE, "--feed", publisher.url("/"))
    assert await desk.titles() == ["Entry 0", "Entry 1"]


@pytest.mark.kafka
async def test_json_lines_and_pages_are_sent_too(desk: Desk) -> None:
    (desk.folder / "pages").mkdir()
    (desk.folder / "pages" / "1.html").write_text(f"<h1>A page</h1><p>{'It says much. ' * 30}")
    (desk.folder / "a.jsonl").write_text('{"title": "A line"}\n{"title": "Another"}\n{}\n')
    arguments = ("--lines", str(desk.folder / "a.jsonl"), "--lines=-")
    pages = ("--pages", str(desk.folder / "pages"))
    ended = await asyncio.to_thread(
        desk.send, LANE, *arguments, *pages, stdin='{"title": "A piped one"}'
    )
    assert ended.stdout == f"4 of 5 are written to {desk.topic}\n"
    assert ended.stderr.startswith("a.jsonl:3: malformed: title: ")
    assert await desk.titles() == ["A line", "A page", "A piped one", "Another"]


def test_a_dry_run_looks_at_everything_and_keeps_nothing(nowhere: Desk, publisher: Site) -> None:
    publisher.pages["/"] = Page(numbered(range(3)))
    for _ in range(2):
        ended = nowhere.send(LANE, "--feed", publisher.url("/"), "--dry-run")
        assert (ended.returncode, ended.stdout) == (0, "3 of 3 are fit for nothing\n")
    assert not (nowhere.folder / "seen.db").exists()


def test_a_lane_that_takes_no_json_says_so(nowhere: Desk) -> None:
    ended = nowhere.send("image-classification", "--feed", "http://127.0.0.1:1/")
    assert ended.returncode == 78
    assert ended.stderr.startswith("penstock: --feed, --newsapi, --pages and --lines give ")
    assert len(ended.stderr.splitlines()) == 1


def test_the_key_of_a_search_is_nowhere_to_be_seen(nowhere: Desk, publisher: Site) -> None:
    settings = {"NEWSAPI_KEY": "a-secret", "NEWSAPI_URL": publisher.url(""), "LOG_LEVEL": "DEBUG"}
    arguments = (LANE, "--newsapi", "chips", "--dry-run")
    ended = nowhere.send(*arguments, settings=settings)
    assert publisher.asked[0][1]["x-api-key"] == "a-secret"
    assert ended.stderr.endswith("newsapi pageSize=100&q=chips: its server answered 404\n")
    assert "a-secret" not in ended.stderr + ended.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (("--feed", "nowhere"), {}, "--feed nowhere is neither http"),
        (("--feed", "/dev/null"), {}, "--feed /dev/null names no feed"),
        (("--newsapi", "chips"), {}, "NEWSAPI_KEY is not set"),
        (("--feed", "http://h/"), {"SEEN_FILE": "/dev/null/seen"}, "SEEN_FILE: "),
        (("--feed", "http://h/"), {"POLL_INTERVAL": "0"}, "POLL_INTERVAL: "),
    ],
)
def test_a_mistake_is_one_line(
    nowhere: Desk, arguments: tuple[str, ...], settings: dict[str, str], words: str
) -> None:
    ended = nowhere.send(LANE, *arguments, settings=settings)
    assert ended.returncode == 78
    assert ended.stderr.startswith(f"penstock: {words}")
    assert len(ended.stderr.splitlines()) == 1
