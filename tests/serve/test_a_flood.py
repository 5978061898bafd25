from httpx import AsyncClient

from benchmarks.flood import MEMORY_MIB, UPLOADS, flood, served

# Many times what is promised of a machine that has nothing else to do; `python -m benchmarks flood`
# holds it against that.
GENEROUS_MS = 1000.0


async def test_two_hundred_large_uploads_at_once_cost_the_image_lane_neither_life_nor_health() -> (
    None
):
    async with served() as (process, port):
        for _ in range(2):
            found = await flood(process, port, UPLOADS)
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.post("/inference/single?lane=echo", content=b"well")).is_success
        assert process.returncode is None
    print(found.statuses, f"{found.peak:.0f} MiB, /health {found.at(0.5):.1f} to {found.at(1):.1f}")
    assert set(found.statuses) == {200, 422, 503}
    assert all(told.retry_after for told in found.answers if told.status == 503)
    assert found.peak < MEMORY_MIB
    assert found.at(1) < GENEROUS_MS
