"""`python -m inference serve` as a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx

from local.ports import free_port

LIMIT = 40.0
COMMAND = [sys.executable, "-m", "inference", "serve"]


class Served(NamedTuple):
    """A running one, and a client of it."""

    process: "subprocess.Popen[bytes]"
    client: httpx.Client

    def predict(self, image: bytes) -> httpx.Response:
        return self.client.post("/predict", files={"file": ("leaf.jpg", image)})


@contextmanager
def served(**settings: str) -> Iterator[Served]:
    """Ready; killed with the block."""
    port = str(free_port())
    environment = {"PYTHONPATH": "tests/packages", "PATH": os.environ["PATH"], "PORT": port}
    with (
        subprocess.Popen(COMMAND, env=environment | settings) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=LIMIT) as client,
    ):
        try:
            _until_ready(process, client)
            yield Served(process, client)
        finally:
            process.kill()


def _until_ready(process: "subprocess.Popen[bytes]", client: httpx.Client) -> None:
    until = time.monotonic() + LIMIT
    while time.monotonic() < until and process.poll() is None:
        try:
            if client.get("/health/ready").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    message = "it did not become ready"
    raise AssertionError(message)
