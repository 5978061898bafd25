"""A Redis of a test's own, on loopback, that can be stopped, frozen, filled and locked."""

import signal
import subprocess
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from local.ports import free_port


class RedisServer:
    """Keeps its port, so that it can go away and come back."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder, self._options = folder, options
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when it answers."""
        own = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder))
        quiet = ("--save", "", "--appendonly", "no", "--loglevel", "warning")
        self._process = subprocess.Popen(["redis-server", *own, *quiet, *self._options])
        self.wait()

    def wait(self) -> None:
        """Returns when it answers, be it that it wants a password."""
        process = self._running()
        while process.poll() is None:
            try:
                with Redis(port=self.port, socket_timeout=1) as client:
                    client.ping()
            except RedisError as error:
                if "NOAUTH" in str(error) or "Authentication" in str(error):
                    return
            else:
                return
        pytest.fail(f"redis-server ended with {process.returncode}")

    def stop(self) -> None:
        """As a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It takes connections, and says nothing any more."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    def client(self) -> Redis:
        """To look at it, and to change it, past the code that is tested."""
        return Redis(port=self.port)

    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process
