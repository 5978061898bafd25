"""The echo lane, Kafka to Kafka, against the plainest aiokafka loop over the same records."""

from benchmarks.broker import create, fill, rate
from benchmarks.processes import running
from benchmarks.table import Row, median

RECORDS = 200_000
ROUNDS = 3
VALUE = b"a line of text that says nothing at all, " * 5


async def throughput(bootstrap: str) -> Row:
    """Both in turn, several times over; the ratio is the median of the pairs."""
    await create(bootstrap, ["bench.requests"])
    await fill(bootstrap, "bench.requests", [VALUE[:200]] * RECORDS)
    pairs = [await _pair(bootstrap, number) for number in range(ROUNDS)]
    return Row(
        "echo lane / plainest aiokafka loop, Kafka to Kafka",
        median([lane for lane, _ in pairs]),
        median([plain for _, plain in pairs]),
        median([lane / plain for lane, plain in pairs]),
        "records/s",
        0.85,
    )


async def _pair(bootstrap: str, number: int) -> tuple[float, float]:
    names = [f"{kind}-{number}" for kind in ("lane", "letters", "plain")]
    await create(bootstrap, names)
    lane = await _lane(bootstrap, names, number)
    arguments = ("-m", "benchmarks.plain_loop", bootstrap, "bench.requests", names[2], names[2])
    async with running(*arguments):
        plain = await rate(bootstrap, names[2], RECORDS)
    return lane, plain


async def _lane(bootstrap: str, names: list[str], number: int) -> float:
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": '{"echo": "bench.requests"}',
        "RESULTS_TOPIC": names[0],
        "DEAD_LETTERS_TOPIC": names[1],
        "KAFKA_GROUP": f"bench-{number}",
    }
    async with running("-m", "inference", "work", "echo", **settings):
        return await rate(bootstrap, names[0], RECORDS)
