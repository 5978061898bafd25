import os
import socket
import ssl
from collections.abc import Iterator
from itertools import count

import pytest
import trustme
from publisher_site import Asked, MakeSettings, Page, Site, refused, site

from producer.metrics import Fetch
from producer.sources.fetching.client import Fetcher, Resolve
from producer.sources.fetching.failures import HostFailed, Unread


def names(*answers: list[str]) -> Resolve:
    """A name server that gives these answers, one after the other, and then the last for ever."""
    turns = count()

    async def resolve(_host: str, _port: int) -> list[str]:
        return answers[min(next(turns), len(answers) - 1)]

    return resolve


async def test_a_document_is_fetched_whole_with_its_headers(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages["/feed"] = Page(b"x" * 300_000, headers={"ETag": '"1"'})
    fetched = await Fetcher(settings()).fetch(publisher.url("/feed"), {"x-said": "yes"})
    assert (fetched.status, len(fetched.body), fetched.headers["etag"]) == (200, 300_000, '"1"')
    [(_, said)] = publisher.asked
    assert (said["user-agent"], said["x-said"]) == ("Penstock", "yes")
    assert said["host"] == f"127.0.0.1:{publisher.server_port}"


async def test_the_loopback_address_is_refused_unless_a_setting_says_otherwise(
    publisher: Site, settings: MakeSettings
) -> None:
    with refused(Fetch.REFUSED, "an address that is not public"):
        await Fetcher(settings(fetch_private=False)).fetch(publisher.url("/"), {})
    with refused(Fetch.REFUSED, "an address that is not public"):
        await Fetcher(settings(fetch_private=False)).fetch(publisher.url("/", "localhost"), {})
    assert publisher.asked == []


async def test_a_host_with_one_address_inside_among_public_ones_is_refused(
    settings: MakeSettings,
) -> None:
    fetcher = Fetcher(settings(fetch_private=False), names(["8.8.8.8", "10.0.0.1"]))
    with refused(Fetch.REFUSED, "an address that is not public"):
        await fetcher.fetch("http://news.example/feed", {})


async def test_a_name_is_resolved_once_and_what_was_looked_at_is_connected_to(
    publisher: Site, settings: MakeSettings
) -> None:
    asked: list[str] = []
    rebinding = names(["127.0.0.1"], ["169.254.169.254"])

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return await rebinding(host, port)

    publisher.pages["/"] = Page(b"well")
    fetcher = Fetcher(settings(), resolve)
    fetched = await fetcher.fetch(publisher.url("/", "rebinding.example"), {})
    assert (fetched.body, asked) == (b"well", ["rebinding.example"])
    assert publisher.asked[0][1]["host"] == f"rebinding.example:{publisher.server_port}"


async def test_a_name_that_is_bound_anew_for_a_redirect_is_refused(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages["/"] = Page(status=302, headers={"Location": "/inside"})
    fetcher = Fetcher(settings(), names(["127.0.0.1"], ["169.254.169.254"]))
    with refused(Fetch.REFUSED, "an address that is not public"):
        await fetcher.fetch(publisher.url("/", "rebinding.example"), {})
    assert [path for path, _ in publisher.asked] == ["/"]


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://169.254.169.254/latest/meta-data", "not public"),
        ("http://[fe80::1]/", "not public"),
        ("file:///etc/passwd", "neither http"),
        ("gopher://127.0.0.1/", "neither http"),
        ("http://user:word@127.0.0.1/", "a name or password"),
        ("http://[::1", "what is no address"),
        ("http://a..b/", "no address"),
        ("http://xn--/", "a name that cannot be one"),
    ],
)
async def test_each_redirect_is_looked_at_like_the_first_address(
    publisher: Site, settings: MakeSettings, location: str, words: str
) -> None:
    publisher.pages["/"] = Page(status=301, headers={"Location": location})
    with pytest.raises(Unread, match=words):
        await Fetcher(settings()).fetch(publisher.url("/"), {})


async def test_redirects_are_followed_up_to_their_number(
    publisher: Site, settings: MakeSettings
) -> None:
    for number in range(3):
        publisher.pages[f"/{number}"] = Page(status=307, headers={"Location": f"/{number + 1}"})
    publisher.pages["/3"] = Page(b"here")
    fetched = await Fetcher(settings(fetch_redirects=3)).fetch(publisher.url("/0"), {})
    assert (fetched.body, fetched.url) == (b"here", publisher.url("/3"))
    with refused(Fetch.REFUSED, "redirects more than 2 times"):
        await Fetcher(settings(fetch_redirects=2)).fetch(publisher.url("/0"), {})


@pytest.mark.parametrize(
    "url", ["ftp://h/", "file:///etc/passwd", "/feed", "http://", "http://[", ""]
)
async def test_only_http_is_fetched(settings: MakeSettings, url: str) -> None:
    with pytest.raises(Unread):
        await Fetcher(settings()).fetch(url, {})


async def test_only_hosts_that_are_allowed_and_their_subdomains(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages["/"] = Page(b"well")
    fetcher = Fetcher(settings(fetch_hosts="news.example, other.example"), names(["127.0.0.1"]))
    for host in ("news.example", "www.News.example"):
        assert (await fetcher.fetch(publisher.url("/", host), {})).status == 200
    for host in ("badnews.example", "news.example.evil.test", "127.0.0.1"):
        with refused(Fetch.REFUSED, "none of FETCH_HOSTS"):
            await fetcher.fetch(publisher.url("/", host), {})


async def test_a_host_that_nobody_knows_or_that_is_away(settings: MakeSettings) -> None:
    async def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(HostFailed, match="has no address"):
        await Fetcher(settings(), unknown).fetch("http://nowhere.example/", {})
    with site() as gone:
        url = gone.url("/")
    with pytest.raises(HostFailed, match=r"cannot be reached \(ConnectError\)"):
        await Fetcher(settings()).fetch(url, {})


async def test_the_next_address_is_tried_where_the_first_does_not_answer(
    publisher: Site, settings: MakeSettings
) -> None:
    publisher.pages["/"] = Page(b"well")
    fetcher = Fetcher(settings(), names(["::1", "127.0.0.2", "127.0.0.1"]))
    assert (await fetcher.fetch(publisher.url("/", "two.example"), {})).body == b"well"


@pytest.fixture
def encrypted() -> Iterator[tuple[Site, ssl.SSLContext]]:
    """A server with a certificate for news.example, and what trusts it."""
    authority = trustme.CA()
    ours, theirs = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(ours)
    authority.issue_cert("news.example").configure_cert(theirs)
    with site(theirs) as secure:
        secure.pages["/"] = Page(b"well")
        yield secure, ours


async def test_a_certificate_must_be_the_names_whatever_the_address(
    encrypted: tuple[Site, ssl.SSLContext], settings: MakeSettings
) -> None:
    secure, trusting = encrypted
    fetcher = Fetcher(settings(), names(["127.0.0.1"]), trusting)
    assert (await fetcher.fetch(secure.url("/", "news.example"), {})).body == b"well"
    with pytest.raises(HostFailed, match="certificate is not valid"):
        await fetcher.fetch(secure.url("/", "other.example"), {})
    strict = Fetcher(settings(), names(["127.0.0.1"]))
    with pytest.raises(HostFailed, match="certificate is not valid"):
        await strict.fetch(secure.url("/", "news.example"), {})


def break_encryption(asked: Asked) -> None:
    os.write(asked.connection.fileno(), b"this is no record of TLS" * 100)


async def test_an_encryption_that_breaks_off_is_a_host_that_failed(
    encrypted: tuple[Site, ssl.SSLContext], settings: MakeSettings
) -> None:
    secure, trusting = encrypted
    secure.pages["/"] = Page(odd=break_encryption)
    fetcher = Fetcher(settings(), names(["127.0.0.1"]), trusting)
    with pytest.raises(HostFailed, match="cannot be reached"):
        await fetcher.fetch(secure.url("/", "news.example"), {})
