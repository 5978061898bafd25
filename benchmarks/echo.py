"""The echo lane, Kafka to Kafka, against the plainest aiokafka loop over the same records."""

from benchmarks.broker import create, fill, rate
from benchmarks.processes import running
from benchmarks.table import Row, median

RECORDS = 200_000
ROUNDS = 3
VALUE = b"a line of text that says nothing at all, " * 5


async def throughput(bootstrap: str) -> Row:
    """Against the loop as one would write it first, on asyncio's own event loop."""
    return await _compare(bootstrap, "asyncio", "plainest aiokafka loop")


async def against_uvloop(bootstrap: str) -> Row:
    """Against the same loop on uvloop, which the worker uses as well."""
    return await _compare(bootstrap, "uvloop", "plainest aiokafka loop, put on uvloop")


async def _compare(bootstrap: str, loop: str, name: str) -> Row:
    """Both in turn, several times over; the ratio is the median of the pairs."""
    topic = f"echo-{loop}.requests"
    await create(bootstrap, [topic])
    await fill(bootstrap, topic, [VALUE[:200]] * RECORDS)
    pairs = [
        (await _lane(bootstrap, topic, number), await _plain(bootstrap, topic, loop, number))
        for number in range(ROUNDS)
    ]
    return Row(
        f"echo lane / {name}",
        median([lane for lane, _ in pairs]),
        median([plain for _, plain in pairs]),
        median([lane / plain for lane, plain in pairs]),
        "records/s",
        0.85,
    )


async def _plain(bootstrap: str, topic: str, loop: str, number: int) -> float:
    target = f"{topic}-plain-{number}"
    await create(bootstrap, [target])
    arguments = ("-m", "benchmarks.plain_loop", bootstrap, topic, target, target, loop)
    async with running(*arguments):
        return await rate(bootstrap, target, RECORDS)


async def _lane(bootstrap: str, topic: str, number: int) -> float:
    names = [f"{topic}-{kind}-{number}" for kind in ("results", "letters")]
    await create(bootstrap, names)
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": f'{{"echo": "{topic}"}}',
        "RESULTS_TOPIC": names[0],
        "DEAD_LETTERS_TOPIC": names[1],
        "KAFKA_GROUP": names[0],
    }
    async with running("-m", "inference", "work", "echo", **settings):
        return await rate(bootstrap, names[0], RECORDS)
