"""Workers as they are deployed: processes, seen from outside through signals and HTTP only."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from local.ports import free_port

ROOT = Path(__file__).parents[2]
PACKAGES = [ROOT / "tests" / "packages", ROOT / "tests" / "faults" / "packages"]


class WorkerProcess:
    """One `python -m inference work <lane>`."""

    def __init__(self, lane: str, settings: Mapping[str, str], log: Path) -> None:
        self.lane, self.settings, self.log = lane, settings, log
        self.port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, without waiting for anything."""
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, [ROOT, *PACKAGES])),
            "METRICS_PORT": str(self.port),
            **self.settings,
        }
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "inference", "work", self.lane, env=environment, stderr=log
            )

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.running:
            self._process.send_signal(number)

    async def ended(self, limit: float) -> int:
        """The exit code, negative for a signal; fails when it takes longer."""
        assert self._process is not None
        async with asyncio.timeout(limit):
            return await self._process.wait()

    async def stop(self, limit: float = 30) -> int:
        self.signal(signal.SIGTERM)
        return await self.ended(limit)

    async def kill(self) -> None:
        self.signal(signal.SIGKILL)
        await self.ended(10)

    async def get(self, path: str) -> httpx.Response | None:
        """What it says of itself; None while it does not listen."""
        async with httpx.AsyncClient() as client:
            try:
                return await client.get(f"http://127.0.0.1:{self.port}{path}", timeout=2)
            except httpx.TransportError:
                return None

    async def status(self, path: str) -> int:
        """The status of an answer, 0 while there is none."""
        response = await self.get(path)
        return 0 if response is None else response.status_code

    async def checks(self, probe: str = "ready") -> Mapping[str, str | None]:
        """The checks of a probe; nothing while it does not listen."""
        response = await self.get(f"/health/{probe}")
        return {} if response is None else response.json()["checks"]

    async def until_ready(self, limit: float = 40) -> None:
        await self.until(lambda said: bool(said) and not any(said.values()), limit)

    async def until(self, holds: Callable[[Mapping[str, str | None]], bool], limit: float) -> None:
        """Returns as soon as the checks of its readiness are so; fails when it has ended."""
        async with asyncio.timeout(limit):
            while not holds(await self.checks()):
                assert self.running, self.log.read_text()[-3000:]
                await asyncio.sleep(0.05)

    async def until_metric(self, name: str, holds: Callable[[float], bool], limit: float) -> None:
        """Returns as soon as the sum of a metric's series is so."""
        async with asyncio.timeout(limit):
            while name not in (text := await self.metrics()) or not holds(total(text, name, {})):
                await asyncio.sleep(0.05)

    async def until_logged(self, event: str, times: int, limit: float) -> None:
        """Returns as soon as it has said this so often."""
        async with asyncio.timeout(limit):
            while self.logged(event) < times:
                await asyncio.sleep(0.05)

    async def metrics(self) -> str:
        response = await self.get("/metrics")
        return "" if response is None else response.text

    async def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's series that have these labels."""
        return total(await self.metrics(), name, labels)

    def logged(self, event: str) -> int:
        """How often it said this."""
        return self.log.read_text().count(event)


def total(text: str, name: str, labels: Mapping[str, Any]) -> float:
    found = 0.0
    for line in text.splitlines():
        parts = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if parts and all(f'{k}="{v}"' in (parts[1] or "") for k, v in labels.items()):
            found += float(parts[2])
    return found
