"""`producer send` and `producer watch` as processes of their own, and what they have written."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

ROOT = Path(__file__).parents[2]
LANE = "news-analysis"
LIMIT = 60


class Desk(NamedTuple):
    """Where the commands send, and what they keep."""

    bootstrap: str
    topic: str
    folder: Path

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Loopback addresses are allowed, and there is no time to lose."""
        own = {
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "REQUESTS_TOPICS": json.dumps({LANE: self.topic}),
            "SEEN_FILE": str(self.folder / "seen.db"),
            "FETCH_PRIVATE": "true",
            "FETCH_TIMEOUT": "5",
            "POLL_INTERVAL": "0.1",
            "ACKNOWLEDGE_TIMEOUT": "5",
            "WATCH_PORT": "0",
            "LOG_LEVEL": "INFO",
        }
        return os.environ | own | dict(settings)

    def send(
        self, *arguments: str, stdin: str = "", settings: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One run of `send`, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "producer", "send", *arguments],
            cwd=ROOT,
            env=self.environment(settings or {}),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    async def records(self) -> list[Any]:
        """All that is in the topic."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            place = TopicPartition(self.topic, 0)
            consumer.assign([place])
            end = (await consumer.end_offsets([place]))[place]
            found: list[Any] = []
            while len(found) < end:
                for batch in (await consumer.getmany(timeout_ms=1000)).values():
                    found += batch
            return found
        finally:
            await consumer.stop()

    async def titles(self) -> list[str]:
        """Of the articles in the topic, sorted."""
        return sorted(json.loads(record.value)["title"] for record in await self.records())

    async def ids(self) -> list[str]:
        """Of the events in the topic."""
        return [dict(record.headers)["ce_id"].decode() for record in await self.records()]


class Watching:
    """A running `watch`; its log is in `lines`, as far as it was read."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []

    def until(self, event: str, **fields: object) -> dict[str, Any]:
        """Reads the log up to such a line."""
        assert self.process.stderr is not None
        for text in self.process.stderr:
            line: dict[str, Any] = json.loads(text)
            self.lines.append(line)
            if line["event"] == event and fields.items() <= line.items():
                return line
        message = f"ended before {event}: {self.lines[-3:]}"
        raise AssertionError(message)

    def asked(self, path: str, port: int) -> str:
        """What its HTTP side answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=LIMIT) as answer:
            return str(answer.read().decode())

    def end(self) -> int:
        """Its exit code, once it was asked to end."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT)


@contextmanager
def watching(
    desk: Desk, *arguments: str, settings: Mapping[str, str] | None = None
) -> Iterator[Watching]:
    """`producer watch` until the block ends."""
    command = [sys.executable, "-m", "producer", "watch", LANE, *arguments]
    env = desk.environment(settings or {})
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Watching(process)
        finally:
            process.kill()
