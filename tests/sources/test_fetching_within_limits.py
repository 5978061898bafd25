import asyncio
import gzip
import socket
from collections.abc import Callable

import pytest
from publisher_site import Asked, MakeSettings, Page, Site, refused

from producer.metrics import Fetch
from producer.sources.fetching.client import Fetcher
from producer.sources.fetching.failures import HostFailed


def zipped(data: bytes) -> Page:
    return Page(gzip.compress(data), headers={"Content-Encoding": "gzip"})


async def test_a_packed_document_is_unpacked(publisher: Site, settings: MakeSettings) -> None:
    publisher.pages["/"] = zipped(b"news " * 1000)
    assert (await Fetcher(settings()).fetch(publisher.url("/"), {})).body == b"news " * 1000
    assert publisher.asked[0][1]["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "page", [zipped(bytes(50_000_000)), Page(bytes(1_000_001)), Page(bytes(2_000_000), status=404)]
)
async def test_what_is_too_large_is_refused_packed_and_unpacked(
    publisher: Site, settings: MakeSettings, page: Page
) -> None:
    publisher.pages["/"] = page
    with refused(Fetch.TOO_LARGE, r"more than 1000000 bytes \(FETCH_MAX_BYTES\)"):
        await Fetcher(settings(fetch_max_bytes=1_000_000)).fetch(publisher.url("/"), {})


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(b"no gzip", headers={"Content-Encoding": "gzip"}), "is no gzip"),
        (Page(gzip.compress(b"x")[:-9], headers={"Content-Encoding": "gzip"}), "in the middle"),
        (Page(b"x", headers={"Content-Encoding": "br"}), "was not asked for"),
        (Page(b"x", headers={"Content-Encoding": "gzip, gzip"}), "was not asked for"),
    ],
)
async def test_what_is_badly_packed_is_refused(
    publisher: Site, settings: MakeSettings, page: Page, words: str
) -> None:
    publisher.pages["/"] = page
    with refused(Fetch.UNREADABLE, words):
        await Fetcher(settings()).fetch(publisher.url("/"), {})


def drip(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not asked.server.over.wait(0.02):
        asked.wfile.write(b"x")


def hang(asked: Asked) -> None:
    asked.server.over.wait()


def endless_headers(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not asked.server.over.wait(0):
        asked.wfile.write(b"X-More: " + b"x" * 60_000 + b"\r\n")


def endless_redirect(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /well\r\n\r\n")
    while not asked.server.over.wait(0):
        asked.wfile.write(b"x" * 60_000)


def half(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def reset(asked: Asked) -> None:
    asked.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    asked.connection.close()


def noise(asked: Asked) -> None:
    asked.wfile.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


@pytest.mark.parametrize("odd", [drip, hang])
async def test_the_whole_fetch_has_one_time_limit(
    publisher: Site, settings: MakeSettings, odd: Callable[[Asked], None]
) -> None:
    publisher.pages["/"] = Page(odd=odd)
    began = asyncio.get_running_loop().time()
    with refused(Fetch.TIMED_OUT, r"within 0.3 s \(FETCH_TIMEOUT\)"):
        await Fetcher(settings(fetch_timeout=0.3)).fetch(publisher.url("/"), {})
    assert asyncio.get_running_loop().time() - began < 2


@pytest.mark.parametrize("odd", [endless_headers, half, reset, noise])
async def test_a_server_that_misbehaves_is_a_host_that_failed(
    publisher: Site, settings: MakeSettings, odd: Callable[[Asked], None]
) -> None:
    publisher.pages["/"] = Page(odd=odd)
    with pytest.raises(HostFailed, match="cannot be reached"):
        await Fetcher(settings()).fetch(publisher.url("/"), {})


async def test_the_body_of_a_redirect_is_not_read(publisher: Site, settings: MakeSettings) -> None:
    publisher.pages |= {"/": Page(odd=endless_redirect), "/well": Page(b"well")}
    fetched = await Fetcher(settings(fetch_max_bytes=100)).fetch(publisher.url("/"), {})
    assert fetched.body == b"well"
