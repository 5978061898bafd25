"""A real Apache Kafka on this machine, a plain Java process; for `make run` and the tests."""

import base64
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_bytes
from typing import NoReturn

from local import jvm
from local.broker_properties import properties, written
from local.child import Child
from local.errors import BrokerError
from local.ports import LOOPBACK, free_port, knows_itself

READY_WITHIN = 60.0
STOP_WITHIN = 15.0
TOLD = 15  # of the last lines of the log, where the broker died


class Broker:
    """One Kafka node, its own controller; what is under its folder outlives it.

    `overrides` are properties of the server, `options` more ones of its virtual machine.
    It dies with the process that started it. All methods block: inside an event loop, call them
    through `asyncio.to_thread`.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        overrides: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.port = port
        self.overrides = dict(overrides or {})
        self.options = options
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """Where clients find it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        """What it said, over all its starts."""
        return self.folder / "broker.log"

    @property
    def running(self) -> bool:
        """Whether its process is there, be it frozen or not yet ready."""
        return self._child is not None and self._child.code is None

    def start(self) -> None:
        """Start, and return when clients can work; the records of earlier starts are there."""
        self.begin()
        self.await_ready()

    def begin(self) -> None:
        """Start without waiting."""
        if not self.running:
            self._child = Child(self.prepare(), self.log)

    def prepare(self) -> list[str]:
        """Make its folder ready, and give the command that starts it; for who runs it himself."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # The controller's port may change between starts: nobody but this node ever uses it.
        values = properties(self._data, self.port, free_port()) | self.overrides
        self._properties.write_text(written(values))
        if not (self._data / "meta.properties").exists():
            self._format()
        return self._command("kafka.Kafka", str(self._properties))

    def await_ready(self, limit: float = READY_WITHIN) -> None:
        """Return once it answers for itself; raise BrokerError with its reasons otherwise."""
        end = time.monotonic() + limit
        while not knows_itself(self.port):
            if not self.running:
                self._fail("Kafka ended at its start")
            if time.monotonic() > end:
                self.kill()
                self._fail(f"Kafka was not ready within {limit:.0f} s")
            time.sleep(0.05)

    def wait(self) -> NoReturn:
        """Stay until it ends by itself, and raise BrokerError with its reasons."""
        code = None if self._child is None else self._child.wait()
        self._fail(f"Kafka ended with code {code}")

    def stop(self, limit: float = STOP_WITHIN) -> None:
        """End it as an operator would; by force where that takes longer than the limit."""
        if self._child is not None:
            self._child.stop(limit)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._child is not None:
            self._child.kill()

    def freeze(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self._signal(signal.SIGCONT)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def _format(self) -> None:
        # A fixed beginning, since an id that happens to begin with a dash is taken for an option.
        cluster = base64.urlsafe_b64encode(b"penstock" + token_bytes(8)).decode().rstrip("=")
        arguments = ("format", "-t", cluster, "-c", str(self._properties))
        if Child(self._command("kafka.tools.StorageTool", *arguments), self.log).wait():
            self._fail("Kafka's storage could not be prepared")

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [*jvm.command(self.options), program, *arguments]

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.signal(number)

    def _fail(self, what: str) -> NoReturn:
        lines = self.log.read_text(errors="replace").splitlines()[-TOLD:]
        message = "\n  ".join([f"{what}; the end of {self.log}:", *lines])
        raise BrokerError(message)
