"""The consumer as its own process, as an operator starts it."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from inference.kafka import KafkaSettings, Topics
from local.ports import free_port

ROOT = Path(__file__).parents[2]
LIMIT = 60.0


def environment(kafka: KafkaSettings, topics: Topics, **more: str) -> dict[str, str]:
    """What the programs are told by their environment."""
    told = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "RESULTS_TOPIC": topics.results_topic,
        "DEAD_LETTERS_TOPIC": topics.dead_letters_topic,
        "CONSUMER_GROUP": topics.results_topic,
        "PYTHONPATH": str(ROOT / "tests" / "packages"),
    }
    return {**os.environ, **told, **more}


async def started(env: Mapping[str, str], *arguments: str) -> Process:
    """A command that goes on; its output is read through pipes."""
    command = (sys.executable, "-m", "consumer", *arguments)
    return await create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE)


async def command(env: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command that ends by itself."""
    process = await started(env, *arguments)
    async with asyncio.timeout(LIMIT):
        printed, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode(), said.decode()


class Serving:
    """`python -m consumer serve`, and how to talk to it."""

    def __init__(self, told: Mapping[str, str], log: Path) -> None:
        self.url = f"http://127.0.0.1:{told['PORT']}"
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "consumer", "serve"],
                cwd=ROOT,
                env=told,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )

    async def get(self, path: str) -> httpx.Response | None:
        """An answer; None where there is none yet."""
        try:
            async with httpx.AsyncClient(base_url=self.url, timeout=LIMIT) as client:
                return await client.get(path)
        except httpx.TransportError:
            return None

    async def is_ready(self) -> bool:
        """Whether it says that it is."""
        answer = await self.get("/health/ready")
        return answer is not None and answer.status_code == 200

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, or kill it; gives its exit status."""
        self.process.send_signal(number)
        return await asyncio.to_thread(self.process.wait, LIMIT)


@asynccontextmanager
async def serving(
    kafka: KafkaSettings, topics: Topics, folder: Path, **more: str
) -> AsyncIterator[Serving]:
    """A process that is gone at the end of the block, however it ended."""
    told = {"STORE_URL": f"sqlite:///{folder}/store.db", "PORT": str(free_port())} | more
    serving = Serving(environment(kafka, topics, **told), folder / "log")
    try:
        yield serving
    finally:
        if serving.process.poll() is None:
            serving.process.kill()
        serving.process.wait()
