"""5,000 articles through Kafka, a provider that takes 300 ms +- 200 and fails for 1 in 20."""

import json
from collections.abc import Iterator

from benchmarks.broker import create, fill, rate
from benchmarks.external_ai import open_provider
from benchmarks.processes import running
from benchmarks.provider import LEAST, MOST
from benchmarks.table import Row
from inference.lanes.news_analysis.samples import samples

COUNT, AT_ONCE, FAILING = 5000, 200, 0.05


async def asked(bootstrap: str) -> Row:
    """Articles a second against the most that so many calls at once can be."""
    await create(bootstrap, ["news.requests", "news.results", "news.letters"])
    await fill(bootstrap, "news.requests", list(articles(COUNT)))
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": '{"news-analysis": "news.requests"}',
        "RESULTS_TOPIC": "news.results",
        "DEAD_LETTERS_TOPIC": "news.letters",
        "KAFKA_GROUP": "news",
        "AI_CONCURRENCY": str(AT_ONCE),
    }
    async with open_provider(FAILING) as url:
        program = ("-m", "inference", "work", "news-analysis")
        async with running(*program, OPENAI_BASE_URL=url, **settings):
            found = await rate(bootstrap, "news.results", COUNT)
    most = AT_ONCE / ((LEAST + MOST) / 2)
    what = f"news lane, {AT_ONCE} calls at once, 5 % failing / concurrency over latency"
    return Row(what, found, most, found / most, "articles/s", 0.9)


def articles(count: int) -> Iterator[bytes]:
    """No two alike, so that every one of them is asked about."""
    for number, (_, content) in enumerate(samples(count)):
        document = json.loads(content.data) | {"deduplicate": False, "article_id": f"a{number}"}
        yield json.dumps(document).encode()
