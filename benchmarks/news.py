"""5,000 articles through Kafka, a provider that takes 300 ms +- 200 and fails for 1 in 20."""

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer

from benchmarks.broker import create, fill, rate
from benchmarks.external_ai import open_provider
from benchmarks.processes import running
from benchmarks.provider import LEAST, MOST
from benchmarks.table import Row
from inference.lanes.news_analysis.samples import samples

COUNT, AT_ONCE, FAILING = 5000, 200, 0.05
WORKER = ("-m", "inference", "work", "news-analysis")


async def one_worker(bootstrap: str) -> Row:
    """Articles a second against the most that so many calls at once can be."""
    return await _asked(bootstrap, 1)


async def two_workers(bootstrap: str) -> Row:
    """The same calls at once, half of them for each of two replicas."""
    return await _asked(bootstrap, 2)


async def _asked(bootstrap: str, workers: int) -> Row:
    requests, results, letters = (f"news-{workers}.{it}" for it in ("requests", "out", "dead"))
    await create(bootstrap, [requests, results, letters])
    await fill(bootstrap, requests, list(articles(COUNT)))
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": json.dumps({"news-analysis": requests}),
        "RESULTS_TOPIC": results,
        "DEAD_LETTERS_TOPIC": letters,
        "KAFKA_GROUP": requests,
        "AI_CONCURRENCY": str(AT_ONCE // workers),
    }
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(open_provider(FAILING))
        for _ in range(workers):
            await stack.enter_async_context(running(*WORKER, OPENAI_BASE_URL=url, **settings))
        found = await rate(bootstrap, results, COUNT)
        full = await _by_the_best_rung(bootstrap, results)
    most = AT_ONCE / ((LEAST + MOST) / 2)
    what = f"news, {AT_ONCE} calls at once by {workers} workers / concurrency over latency"
    what += f" ({full:.1%} by the best rung)"
    return Row(what, found, most, found / most, "articles/s", 0.9)


async def _by_the_best_rung(bootstrap: str, topic: str) -> float:
    """The share of the answers; the others would make a fast lane of a bad one."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    said = [json.loads((await consumer.getone()).value)["answered_by"] for _ in range(COUNT)]
    await consumer.stop()
    return said.count("full") / COUNT


def articles(count: int) -> Iterator[bytes]:
    """No two alike, so that every one of them is asked about."""
    for number, (_, content) in enumerate(samples(count)):
        document = json.loads(content.data) | {"deduplicate": False, "article_id": f"a{number}"}
        yield json.dumps(document).encode()
