"""Processes as they are deployed, seen through the status topic and commanded like by anybody."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx

from inference.control import Status
from inference.kafka import KafkaSettings, Topics
from inference.stream.control.bulletin import bulletin
from local import topics as made
from local.ports import free_port

ROOT = Path(__file__).parents[2]
LANE = "echo"


class Ran(NamedTuple):
    """A command that has ended."""

    code: int
    said: str


class Site:
    """One lane on one broker, with topics that no other test has."""

    def __init__(self, bootstrap: str, unique: Callable[[str], str], folder: Path) -> None:
        self.kafka = KafkaSettings(bootstrap_servers=bootstrap)
        self.topics = Topics(
            requests_topics={LANE: unique("requests")},
            results_topic=unique("results"),
            dead_letters_topic=unique("dead"),
            status_topic=unique("status"),
            control_topic=unique("control"),
        )
        self.folder, self.group = folder, unique("group")
        self.processes: list[asyncio.subprocess.Process] = []

    @property
    def records(self) -> list[str]:
        """The topics of records."""
        topics = self.topics
        return [topics.requests(LANE), topics.results_topic, topics.dead_letters_topic]

    async def create(self, names: Sequence[str]) -> None:
        await made.create(self.kafka.bootstrap_servers, names, 1)

    async def create_all(self) -> None:
        await self.create([*self.records, self.topics.status_topic, self.topics.control_topic])

    def log(self, number: int = 0) -> str:
        """What a process has logged."""
        return (self.folder / f"{number}.log").read_text()

    async def start(self, *arguments: str, **more: str) -> int:
        """Starts `python -m inference ...`; gives the port on which it says how it is."""
        port = free_port()
        ports = {"METRICS_PORT": str(port), "PORT": str(port)}
        with (self.folder / f"{len(self.processes)}.log").open("ab") as log:
            process = await self._begin(*arguments, environment=ports | more, stderr=log.fileno())
        self.processes.append(process)
        return port

    async def ran(self, *arguments: str) -> Ran:
        """A command, run to its end."""
        process = await self._begin(*arguments, environment={}, stderr=asyncio.subprocess.STDOUT)
        out, _ = await asyncio.wait_for(process.communicate(), 60)
        return Ran(process.returncode or 0, out.decode())

    async def until(
        self, holds: Callable[[Sequence[Status]], bool], limit: float = 60
    ) -> Sequence[Status]:
        """Returns what is reported as soon as it is so."""
        async with (
            asyncio.timeout(limit),
            bulletin(self.kafka, self.topics.status_topic) as read,
        ):
            while not holds(read.statuses()):
                await read.more()
            return read.statuses()

    async def stop(self, number: int = 0, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ends a process; gives its exit code."""
        process = self.processes[number]
        if process.returncode is None:
            process.send_signal(with_signal)
        return await asyncio.wait_for(process.wait(), 30)

    async def end(self) -> None:
        for number in range(len(self.processes)):
            await self.stop(number, signal.SIGKILL)

    async def _begin(
        self, *arguments: str, environment: Mapping[str, str], stderr: int
    ) -> asyncio.subprocess.Process:
        command = (sys.executable, "-m", "inference", *arguments)
        return await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **self._settings(), **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )

    def _settings(self) -> dict[str, str]:
        return {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "packages")]),
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "KAFKA_GROUP": self.group,
            "REQUESTS_TOPICS": json.dumps(self.topics.requests_topics),
            "RESULTS_TOPIC": self.topics.results_topic,
            "DEAD_LETTERS_TOPIC": self.topics.dead_letters_topic,
            "STATUS_TOPIC": self.topics.status_topic,
            "CONTROL_TOPIC": self.topics.control_topic,
            "STATUS_INTERVAL": "0.3",
            "WORKERS": "1",
        }


async def checks(port: int, limit: float = 40) -> Mapping[str, str | None]:
    """The checks of a process's readiness, as soon as it listens."""
    async with asyncio.timeout(limit), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            found: Mapping[str, str | None] = answer.json()["checks"]
            return found


async def until_ready(port: int, limit: float = 60) -> None:
    """Returns when nothing keeps it."""
    async with asyncio.timeout(limit):
        while any((await checks(port)).values()):
            await asyncio.sleep(0.05)


def listening(statuses: Sequence[Status]) -> bool:
    """Somebody reports, and everybody hears commands."""
    return bool(statuses) and all(status.hearing for status in statuses)
