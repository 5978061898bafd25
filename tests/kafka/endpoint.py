"""A token endpoint on the loopback address that does what its script says."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint(ThreadingHTTPServer):
    """Answers every request with the same document, and keeps what it was asked."""

    def __init__(self, answer: Mapping[str, Any] | str, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.answer = answer if isinstance(answer, str) else json.dumps(answer)
        self.status = status
        self.asked: list[tuple[str | None, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"


class Asked(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.asked.append((self.headers["authorization"], body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def endpoint(answer: Mapping[str, Any] | str, status: int = 200) -> Iterator[Endpoint]:
    with Endpoint(answer, status) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
