import asyncio
import json
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections import Counter
from pathlib import Path

from guarded_service import MIB, client_of
from httpx import AsyncClient
from limited_process import limited

UPLOADS, MEMORY = 200, 512 * MIB
GENEROUS = 2.0  # many times what is promised of a machine that has nothing else to do


async def uploads(url: str) -> list[tuple[int, str | None]]:
    """Status and Retry-After of each."""
    program = Path(__file__).parent / "uploading.py"
    process = await create_subprocess_exec(sys.executable, program, url, str(UPLOADS), stdout=PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return [(status, after) for status, after in json.loads(said)]


async def health(client: AsyncClient) -> list[float]:
    """How long /health took, asked again and again until cancelled."""
    took: list[float] = []
    try:
        while True:
            answer = await client.get("/health")
            assert answer.status_code == 200
            took.append(answer.elapsed.total_seconds())
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        return took


async def test_many_large_uploads_at_once_neither_end_the_process_nor_keep_health_waiting() -> None:
    with limited(MEMORY) as service:
        async with client_of(service.url) as client:
            watching = asyncio.create_task(health(client))
            answers = await uploads(service.url)
            watching.cancel()
            took = sorted(await watching)
            assert (await client.post("/thing", content=b"x" * MIB)).json() == MIB
        assert service.process.poll() is None
        assert service.peak() < MEMORY
    counted = Counter(status for status, _ in answers)
    print(dict(counted), f"health: median {took[len(took) // 2]:.4f} s, most {took[-1]:.4f} s")
    assert set(counted) == {200, 503}
    assert all(after for status, after in answers if status == 503)
    assert took[-1] < GENEROUS
