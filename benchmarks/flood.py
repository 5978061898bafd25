"""Two hundred uploads of five MiB at once, on the real server with the demonstration model."""

import asyncio
import json
import math
import re
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from httpx import AsyncClient, HTTPError

from benchmarks.processes import running
from benchmarks.table import Row, median
from benchmarks.uploads import MIB, Told
from local.ports import free_port

UPLOADS, ROUNDS = 200, 3
HEALTH_MS, MEMORY_MIB = 100.0, 512.0
READY_LIMIT = 60.0
# The others' analysers have their own appetite.
LANES = '["image-classification", "echo"]'
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


class Flood(NamedTuple):
    """What came of one, and the most that the server has ever held by its end."""

    answers: Sequence[Told]
    health: Sequence[float]
    """Milliseconds of each time that /health was asked meanwhile, sorted."""
    peak: float
    """MiB."""

    @property
    def statuses(self) -> Mapping[int, int]:
        """How many answers of which kind."""
        return dict(sorted(Counter(told.status for told in self.answers).items()))

    def at(self, share: float) -> float:
        """Milliseconds in which this share of the answers of /health came."""
        return self.health[min(len(self.health) - 1, math.floor(share * len(self.health)))]


async def health(_bootstrap: str) -> Row:
    """How long /health takes while it goes on."""
    found = await floods()
    worst = median([one.at(1) for one in found])
    p50, p95 = (median([one.at(share) for one in found]) for share in (0.5, 0.95))
    said = f"{UPLOADS} uploads of 5 MiB at once {found[-1].statuses}: longest answer of /health"
    what = f"{said} (p50 {p50:.1f}, p95 {p95:.1f}); bound {HEALTH_MS:.0f} ms"
    return Row(what, worst, HEALTH_MS, HEALTH_MS / worst, "ms", 1.0)


async def memory(_bootstrap: str) -> Row:
    """The most memory that the server takes, several floods after one another."""
    peak = (await floods())[-1].peak
    what = f"the same, {ROUNDS} times: most memory; bound {MEMORY_MIB:.0f} MiB"
    return Row(what, peak, MEMORY_MIB, MEMORY_MIB / peak, "MiB", 1.0)


async def floods(count: int = UPLOADS, rounds: int = ROUNDS, **settings: str) -> list[Flood]:
    """Several on one server, one after the other."""
    async with served(**settings) as (process, port):
        return [await flood(process, port, count) for _ in range(rounds)]


@asynccontextmanager
async def served(**settings: str) -> AsyncIterator[tuple[Process, int]]:
    """The server with the demonstration model, ready."""
    port = free_port()
    own = {"PORT": str(port), "WORKERS": "2", "SERVE_LANES": LANES, **settings}
    async with running("-m", "inference", "serve", **own) as process:
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await _ready(client, process)
        yield process, port


async def flood(process: Process, port: int, count: int) -> Flood:
    """One; who uploads and who asks for /health are processes of their own."""
    uploading = await _started("benchmarks.uploads", str(port), str(count))
    watching = await _started("benchmarks.probing", str(port))
    answers = json.loads(await _said(uploading, b"now\n"))
    watching.terminate()
    took: list[float] = json.loads(await _said(watching))
    return Flood([Told(*told) for told in answers], sorted(took), peak(process))


def peak(process: Process) -> float:
    """The most MiB that it has ever held."""
    found = _PEAK.search(Path(f"/proc/{process.pid}/status").read_text())
    return math.nan if found is None else int(found[1]) * 1024 / MIB


async def _started(module: str, *arguments: str) -> Process:
    """Started, and as far as its first line."""
    command = [sys.executable, "-m", module, *arguments]
    process = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def _said(process: Process, told: bytes = b"") -> bytes:
    said, _ = await process.communicate(told)
    if process.returncode:
        message = f"it ended with {process.returncode}"
        raise RuntimeError(message)
    return said


async def _ready(client: AsyncClient, process: Process) -> None:
    async with asyncio.timeout(READY_LIMIT):
        while process.returncode is None:
            try:
                if (await client.get("/health/ready")).is_success:
                    return
            except HTTPError:
                await asyncio.sleep(0.05)
    message = "the server has ended"
    raise RuntimeError(message)
