"""A publisher's server on the loopback address that answers each path as it was told to."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext

import pytest

from producer.metrics import Fetch
from producer.sources.fetching.failures import Unread
from producer.sources.settings import SourceSettings

MakeSettings = Callable[..., SourceSettings]


@dataclass
class Page:
    """What a path answers; `odd` does what no well-behaved server does, on the bare connection."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    odd: Callable[["Asked"], None] | None = None


class Site(ThreadingHTTPServer):
    """Its pages may be changed while it runs; what it was asked is kept."""

    daemon_threads = True

    def __init__(self, tls: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.over = threading.Event()
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.scheme = "http" if tls is None else "https"

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.server_port}{path}"

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what is tested."""


class Asked(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        said = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, said))
        page = self.server.pages.get(self.path, Page(status=404))
        if page.odd is not None:
            page.odd(self)
            return
        if page.headers.get("ETag", "none") == said.get("if-none-match"):
            page = Page(status=304)
        self.send_response(page.status)
        for name, value in {"Content-Length": str(len(page.body)), **page.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site(tls: SSLContext | None = None) -> Iterator[Site]:
    with Site(tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@contextmanager
def refused(outcome: Fetch, words: str) -> Iterator[None]:
    """Whatever is fetched in the block is refused so."""
    with pytest.raises(Unread, match=words) as raised:
        yield
    assert raised.value.outcome == outcome
