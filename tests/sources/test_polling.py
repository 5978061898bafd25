import json

import pytest
from feed_documents import numbered
from prometheus_client import REGISTRY
from publisher_site import MakeSettings, Page, Site

from producer.send import Failure
from producer.sources.feeds.lists import Listed
from producer.sources.feeds.source import WebFeed
from producer.sources.fetching.client import Fetcher
from producer.sources.fetching.failures import HostFailed, Unread
from producer.sources.looking import Looking
from producer.sources.pauses import Pauses
from producer.sources.polling import Harvest, Poller
from producer.sources.seen import Seen, Validators
from producer.sources.settings import SourceSettings


async def poller(settings: SourceSettings, *, again: bool = False) -> Poller:
    seen = Seen(settings.seen_file, "news", settings.seen_per_feed)
    await seen.open()
    return Poller("news", seen, again)


def feed(publisher: Site, settings: SourceSettings, path: str = "/rss") -> WebFeed:
    return WebFeed(Listed(publisher.url(path)), Fetcher(settings), 300)


def titles(harvest: Harvest) -> list[str]:
    return [json.loads(item.read(1).data)["title"] for item in harvest.items.values()]


async def test_what_was_sent_is_not_sent_again_even_after_a_restart(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages["/rss"] = Page(numbered(range(3)))
    first = await poller(settings())
    harvest = await first.poll(feed(publisher, settings()))
    assert titles(harvest) == ["Entry 0", "Entry 1", "Entry 2"]
    await first.settle(harvest, [])
    publisher.pages["/rss"] = Page(numbered(range(1, 5)))
    harvest = await (await poller(settings())).poll(feed(publisher, settings()))
    assert (titles(harvest), len(harvest.seen)) == (["Entry 3", "Entry 4"], 2)


async def test_the_same_entry_has_the_same_id_whenever_it_is_found(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages |= {"/rss": Page(numbered(range(2))), "/front": Page(numbered(range(1)))}
    own = await poller(settings(), again=True)
    first = await own.poll(feed(publisher, settings()))
    await own.settle(first, [])
    again = await own.poll(feed(publisher, settings()))
    await own.settle(again, [])
    front = await own.poll(feed(publisher, settings(), "/front"))
    assert list(first.items) == list(again.items)
    assert list(front.items) == list(first.items)[:1]
    for event_id, item in first.items.items():
        assert item.id is not None
        assert item.id(item.read(1)) == event_id


async def test_of_two_feeds_with_the_same_entry_one_sends_it(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages |= {"/rss": Page(numbered(range(2))), "/front": Page(numbered(range(3)))}
    own = await poller(settings())
    assert len((await own.poll(feed(publisher, settings()))).items) == 2
    assert titles(await own.poll(feed(publisher, settings(), "/front"))) == ["Entry 2"]


async def test_an_id_that_is_no_address_holds_for_its_feed_only(
    publisher: Site, settings: MakeSettings
) -> None:
    body = b"<rss><channel><item><title>t</title><guid>7</guid></item></channel></rss>"
    publisher.pages |= {"/a": Page(body), "/b": Page(body)}
    own = await poller(settings())
    found = [await own.poll(feed(publisher, settings(), path)) for path in ("/a", "/b")]
    assert len({event_id for harvest in found for event_id in harvest.items}) == 2


async def test_a_feed_that_has_not_changed_is_not_sent_by_its_server(
    publisher: Site, settings: MakeSettings
) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Fri, 20 Nov 2026 09:00:00 GMT"}
    publisher.pages["/rss"] = Page(numbered(range(3)), headers=headers)
    for _ in range(3):
        own = await poller(settings())
        harvest = await own.poll(feed(publisher, settings()))
        await own.settle(harvest, [])
    said = [headers for _, headers in publisher.asked]
    assert "if-none-match" not in said[0]
    assert {each["if-none-match"] for each in said[1:]} == {'"v1"'}
    assert said[2]["if-modified-since"] == headers["Last-Modified"]
    assert (len(harvest.items), len(harvest.seen)) == (0, 0)


async def test_what_could_not_be_sent_comes_again_though_nothing_has_changed(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages["/rss"] = Page(numbered(range(3)), headers={"ETag": '"v1"'})
    own = await poller(settings())
    harvest = await own.poll(feed(publisher, settings()))
    names = [item.name for item in harvest.items.values()]
    failures = [Failure(names[0], "malformed"), Failure(names[1], "broker away", again=True)]
    await own.settle(harvest, failures)
    assert titles(await own.poll(feed(publisher, settings()))) == ["Entry 1"]


@pytest.mark.parametrize("etag", ["x" * 5000, '"\x01"', '"é"', ""])
async def test_a_validator_that_fits_no_header_is_not_kept(
    publisher: Site, settings: MakeSettings, etag: str
) -> None:
    publisher.pages["/rss"] = Page(numbered(range(1)), headers={"ETag": etag})
    own = await poller(settings())
    await own.settle(await own.poll(feed(publisher, settings())), [])
    await own.poll(feed(publisher, settings()))
    assert "if-none-match" not in publisher.asked[1][1]


async def test_names_are_fit_for_a_terminal(publisher: Site, settings: MakeSettings) -> None:
    item = b"<item><title>\xc2\x9b31m red \xe2\x80\xae dlo</title></item>"
    publisher.pages["/rss"] = Page(b"<rss><channel>" + item + b"</channel></rss>")
    harvest = await (await poller(settings())).poll(feed(publisher, settings()))
    assert [item.name for item in harvest.items.values()] == ["?31m red ? dlo"]


@pytest.mark.parametrize(("status", "host"), [(404, False), (410, False), (429, True), (503, True)])
async def test_an_error_is_the_feeds_own_or_its_whole_hosts(
    publisher: Site, settings: MakeSettings, status: int, *, host: bool
) -> None:
    publisher.pages["/rss"] = Page(status=status, headers={"Retry-After": "120"})
    pauses = Pauses(lambda: 0.0)
    looking = Looking(await poller(settings()), pauses, 1)
    with pytest.raises(Unread, match=f"answered {status}"):
        await looking.look(feed(publisher, settings()))
    assert (pauses.left("127.0.0.1") == 120) is host
    assert (pauses.left(publisher.url("/rss")) > 0) is not host
    assert looking.pause(feed(publisher, settings())) > 100


async def test_a_host_asks_for_patience_with_a_date(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages["/rss"] = Page(
        status=503, headers={"Retry-After": "Fri, 20 Nov 2099 09:00:00 GMT"}
    )
    with pytest.raises(HostFailed) as raised:
        await feed(publisher, settings()).ask(Validators())
    assert raised.value.after is not None
    assert raised.value.after > 1e9


async def test_looks_and_entries_are_counted(publisher: Site, settings: MakeSettings) -> None:
    def counted() -> list[float]:
        entries = [{"lane": "news", "fate": fate} for fate in ("found", "seen", "sent")]
        looks = [{"outcome": outcome} for outcome in ("read", "failed")]
        names = [("producer_entries_total", labels) for labels in entries]
        names += [("producer_fetches_total", labels) for labels in looks]
        return [REGISTRY.get_sample_value(*name) or 0.0 for name in names]

    publisher.pages["/rss"] = Page(numbered(range(3)))
    own, before = await poller(settings()), counted()
    for _ in range(2):
        harvest = await own.poll(feed(publisher, settings()))
        await own.settle(harvest, [])
    with pytest.raises(Unread):
        await own.poll(feed(publisher, settings(), "/away"))
    after = counted()
    assert [new - old for new, old in zip(after, before, strict=True)] == [6, 3, 3, 2, 1]
