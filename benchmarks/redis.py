"""A Redis of the benchmark's own, on loopback."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from local.ports import free_port


@contextmanager
def frozen_redis() -> Iterator[str]:
    """The address of a Redis that takes connections and never answers."""
    port = free_port()
    with TemporaryDirectory(prefix="penstock-bench-") as folder:
        command = ("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "")
        process = subprocess.Popen(
            [*command, "--loglevel", "warning"], cwd=Path(folder), stdout=subprocess.DEVNULL
        )
        try:
            _wait_for(port)
            process.send_signal(signal.SIGSTOP)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    while True:
        try:
            with Redis(port=port) as client:
                client.ping()
        except NoConnection:
            time.sleep(0.05)
        else:
            return
