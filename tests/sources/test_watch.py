import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Desk, watching
from feed_documents import numbered
from publisher_site import Page, Site

from local import topics
from local.kafka import Broker

LIMIT = 60


@pytest.fixture
async def desk(broker: Broker, names: Callable[[str], str], tmp_path: Path) -> Desk:
    topic = names("news")
    await topics.create(broker.bootstrap, [topic], partitions=1)
    return Desk(broker.bootstrap, topic, tmp_path)


def entries(count: int) -> list[str]:
    return [f"Entry {number}" for number in range(count)]


@pytest.mark.kafka
async def test_new_entries_are_sent_as_they_appear_and_none_twice_after_a_restart(
    desk: Desk, publisher: Site
) -> None:
    publisher.pages["/"] = Page(numbered(range(2)))
    with watching(desk, "--feed", publisher.url("/")) as running:
        await asyncio.to_thread(running.until, "looked", sent=2)
        publisher.pages["/"] = Page(numbered(range(3)))
        await asyncio.to_thread(running.until, "looked", sent=1, seen=2)
        assert await asyncio.to_thread(running.end) == 0
    publisher.pages["/"] = Page(numbered(range(4)))
    with watching(desk, "--feed", publisher.url("/")) as running:
        await asyncio.to_thread(running.until, "looked", sent=1, seen=3)
        await asyncio.to_thread(running.until, "looked", sent=0, seen=4)
    assert await desk.titles() == entries(4)


@pytest.mark.kafka
async def test_it_says_over_http_how_it_is_and_what_it_has_done(
    desk: Desk, publisher: Site
) -> None:
    publisher.pages["/"] = Page(numbered(range(2)), headers={"ETag": '"v"'})
    with watching(desk, "--feed", publisher.url("/")) as running:
        port = (await asyncio.to_thread(running.until, "watching"))["port"]
        await asyncio.to_thread(running.until, "looked", sent=0, seen=0)
        ready = await asyncio.to_thread(running.asked, "/health/ready", port)
        said = await asyncio.to_thread(running.asked, "/metrics", port)
    assert '"status":"ok"' in ready
    assert 'producer_entries_total{fate="sent",lane="news-analysis"} 2.0' in said
    assert 'producer_fetches_total{outcome="unchanged"}' in said


@pytest.mark.kafka
async def test_a_feed_that_fails_is_told_without_its_query_and_tried_less_often(
    desk: Desk, publisher: Site
) -> None:
    publisher.pages["/well"] = Page(numbered(range(1)))
    feeds = ("--feed", publisher.url("/gone?key=secret"), "--feed", publisher.url("/well"))
    with watching(desk, *feeds) as running:
        told = await asyncio.to_thread(running.until, "could not be read", outcome="failed")
        for _ in range(3):
            await asyncio.to_thread(running.until, "looked")
        assert await asyncio.to_thread(running.end) == 0
    assert (told["feed"], told["why"]) == (publisher.url("/gone"), "its server answered 404")
    assert "secret" not in str(running.lines)
    assert [path for path, _ in publisher.asked].count("/gone?key=secret") == 1


async def taken(desk: Desk, count: int) -> None:
    async with asyncio.timeout(LIMIT):
        while set(await desk.titles()) != set(entries(count)):
            await asyncio.sleep(0.2)
    # What nobody has acknowledged may be there twice; then it is the same question.
    assert len(set(await desk.ids())) == count


@pytest.mark.kafka
async def test_entries_that_appear_while_the_broker_is_away_are_sent_when_it_is_back(
    new_broker: Callable[[], Broker], publisher: Site, tmp_path: Path
) -> None:
    own = new_broker()
    await asyncio.to_thread(own.start)
    desk = Desk(own.bootstrap, "news", tmp_path)
    await topics.create(desk.bootstrap, [desk.topic], partitions=1)
    publisher.pages["/"] = Page(numbered(range(1)), headers={"ETag": '"1"'})
    settings = {"ACKNOWLEDGE_TIMEOUT": "1"}
    with watching(desk, "--feed", publisher.url("/"), settings=settings) as running:
        await asyncio.to_thread(running.until, "looked", sent=1)
        await asyncio.to_thread(own.kill)
        publisher.pages["/"] = Page(numbered(range(2)), headers={"ETag": '"2"'})
        await asyncio.to_thread(running.until, "looked", failed=1)
        await asyncio.to_thread(own.start)
        await asyncio.to_thread(running.until, "looked", sent=1)
        await taken(desk, 2)
        assert await asyncio.to_thread(running.end) == 0


def refusal(desk: Desk, *arguments: str, **settings: str) -> tuple[int, str]:
    with watching(desk, *arguments, settings=settings) as running:
        assert running.process.stderr is not None
        said = running.process.stderr.read()
        return running.process.wait(LIMIT), said


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        ((), {}, "there is nothing to watch"),
        (("--feed", "/dev/null"), {}, "--feed /dev/null names no feed"),
        (("--feed", "http://h/"), {"SEEN_FILE": "/dev/null/x"}, "SEEN_FILE: "),
    ],
)
def test_a_mistake_is_one_line(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], words: str
) -> None:
    code, said = refusal(Desk("127.0.0.1:1", "news", tmp_path), *arguments, **settings)
    assert (code, said.splitlines()[-1].partition(words)[0]) == (78, "penstock: ")
