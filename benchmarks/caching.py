"""What the cache brings to the image lane, and what it costs when Redis hangs; Kafka to Kafka."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.broker import create, fill, rate
from benchmarks.images import DEMONSTRATION, draw
from benchmarks.networks import mobilenet
from benchmarks.processes import running
from benchmarks.redis import frozen_redis
from benchmarks.table import Row, median

ROUNDS = 3
PICTURES, MISSES, HITS, ANY = 40, 800, 8000, 1200


async def kept(bootstrap: str) -> Row:
    """Images that were all seen before, from memory, against the same ones computed."""
    with TemporaryDirectory(prefix="penstock-bench-") as folder:
        model = mobilenet(Path(folder, "model"))
        files = draw(Path(folder), PICTURES)
        misses, hits = "misses.requests", "hits.requests"
        await create(bootstrap, [misses, hits])
        await fill(bootstrap, misses, [files[n % PICTURES] for n in range(MISSES)])
        await fill(bootstrap, hits, [files[n % PICTURES] for n in range(HITS)])
        pairs = [
            (
                await _lane(bootstrap, hits, HITS, f"hits-{n}", MODEL_DIR=str(model)),
                await _lane(
                    bootstrap, misses, MISSES, f"misses-{n}",
                    MODEL_DIR=str(model), ENABLE_MODEL_CACHE="false",
                ),
            )
            for n in range(ROUNDS)
        ]  # fmt: skip
    return _row("image lane, every image seen before / computed (MobileNetV2's size)", pairs, 20)


async def frozen(bootstrap: str) -> Row:
    """With a Redis that takes connections and says nothing, against no Redis at all."""
    with TemporaryDirectory(prefix="penstock-bench-") as folder, frozen_redis() as url:
        files = draw(Path(folder), ANY)
        topic, model = "redis.requests", {"MODEL_DIR": str(DEMONSTRATION)}
        await create(bootstrap, [topic])
        await fill(bootstrap, topic, files)
        pairs = [
            (
                await _lane(bootstrap, topic, ANY, f"frozen-{n}", REDIS_URL=url, **model),
                await _lane(bootstrap, topic, ANY, f"without-{n}", **model),
            )
            for n in range(ROUNDS)
        ]
    return _row("image lane with Redis frozen / without Redis", pairs, 0.95)


async def _lane(bootstrap: str, topic: str, count: int, name: str, **settings: str) -> float:
    results, letters = f"{name}.results", f"{name}.letters"
    await create(bootstrap, [results, letters])
    settings |= {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": f'{{"image-classification": "{topic}"}}',
        "RESULTS_TOPIC": results,
        "DEAD_LETTERS_TOPIC": letters,
        "KAFKA_GROUP": name,
        "WORKERS": "2",
    }
    async with running("-m", "inference", "work", "image-classification", **settings):
        return await rate(bootstrap, results, count)


def _row(what: str, pairs: list[tuple[float, float]], wanted: float) -> Row:
    return Row(
        what,
        median([ours for ours, _ in pairs]),
        median([theirs for _, theirs in pairs]),
        median([ours / theirs for ours, theirs in pairs]),
        "images/s",
        wanted,
    )
