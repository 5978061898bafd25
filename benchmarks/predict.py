"""`POST /predict` on a real server: images seen before, the first answer, and callers at once."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from httpx import AsyncClient, HTTPError

from benchmarks.images import draw
from benchmarks.processes import running
from benchmarks.table import Row, median
from local.ports import free_port

ROUNDS, CALLERS, CALLS = 3, 32, 320
STEADY = 100
REPEATED_MS, INSIDE_MS, FIRST = 5.0, 1.0, 1.5


async def repeated(_bootstrap: str) -> Row:
    """An image that was seen before, as its caller waits for it."""
    return await _repeated("p50 of /predict for an image seen before, over HTTP", REPEATED_MS)


async def inside(_bootstrap: str) -> Row:
    """The same, as the process itself measures it."""
    return await _repeated("the same inside the process", INSIDE_MS)


async def _repeated(what: str, bound: float) -> Row:
    async with _service() as (client, files):
        await _ask(client, files[0])
        outside, own = zip(*[await _ask(client, files[0]) for _ in range(500)], strict=True)
    p50 = statistics.median(own if bound == INSIDE_MS else outside)
    return Row(f"{what}; bound {bound:.0f} ms", p50, bound, bound / p50, "ms", 1.0)


async def first(_bootstrap: str) -> Row:
    """The first answer after readiness against the usual one."""
    pairs = []
    for _ in range(ROUNDS):
        async with _service() as (client, files):
            earliest, _ = await _ask(client, files[0])
            usual = [(await _ask(client, file))[0] for file in files[1 : 1 + STEADY]]
            pairs.append((earliest, statistics.median(usual)))
    ours, theirs = (median([pair[side] for pair in pairs]) for side in (0, 1))
    ratio = median([FIRST * usual / earliest for earliest, usual in pairs])
    return Row(
        "first answer of /predict / usual one; bound 1.5 times", ours, theirs, ratio, "ms", 1
    )


async def at_once(_bootstrap: str) -> Row:
    """Many callers at once against one after another."""
    async with _service(ENABLE_MODEL_CACHE="false") as (client, files):
        await _rate(client, files[:64], CALLERS)
        pairs = [
            (await _rate(client, files, CALLERS), await _rate(client, files, 1))
            for _ in range(ROUNDS)
        ]
    return Row(
        f"{CALLERS} callers of /predict at once / one after another",
        median([ours for ours, _ in pairs]),
        median([theirs for _, theirs in pairs]),
        median([ours / theirs for ours, theirs in pairs]),
        "images/s",
        1.5,
    )


@asynccontextmanager
async def _service(**settings: str) -> AsyncIterator[tuple[AsyncClient, Sequence[bytes]]]:
    """The server, ready, a client of it and images of which none was seen."""
    port = free_port()
    with TemporaryDirectory(prefix="penstock-bench-") as folder:
        files = draw(Path(folder), CALLS)
        async with (
            running("-m", "inference", "serve", PORT=str(port), WORKERS="2", **settings),
            AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            await _ready(client)
            yield client, files


async def _ready(client: AsyncClient) -> None:
    while True:
        try:
            if (await client.get("/health/ready")).is_success:
                return
        except HTTPError:
            await asyncio.sleep(0.05)


async def _ask(client: AsyncClient, file: bytes) -> tuple[float, float]:
    """Milliseconds that the caller waited, and that the server says it took."""
    started = time.perf_counter()
    response = await client.post("/predict", files={"file": ("a.jpg", file, "image/jpeg")})
    waited = 1000 * (time.perf_counter() - started)
    return waited, response.raise_for_status().json()["metadata"]["processing_time_ms"]


async def _rate(client: AsyncClient, files: Sequence[bytes], callers: int) -> float:
    """Images per second that so many callers get, each asking again when it is answered."""
    left = iter(files)

    async def call() -> None:
        for file in left:
            await _ask(client, file)

    started = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return len(files) / (time.perf_counter() - started)
