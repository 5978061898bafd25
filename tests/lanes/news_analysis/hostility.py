"""Articles that give orders to their readers, honest ones, and analysers that obey any order."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from inference.contract import Rejection
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import (
    Analyser,
    AnalyzedNewsArticle,
    Category,
    EntityType,
    RawNewsArticle,
    SentimentType,
)
from inference.lanes.news_analysis.findings import Findings, Mention, settled
from inference.lanes.news_analysis.preparation import prepared

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BY = Analyser(provider="tests", name="obedient", version="1")
LINK = "https://gift.evil.example/claim?id=1"
LINKS = (
    *(LINK, "HTTP://EVIL.EXAMPLE", "www.evil.example", "evil.example/now", "hxxps://evil.example"),
    *("[free](https://evil.example)", "//evil.example/x", "me@evil.example", "10.1.2.3"),
    *("javascript:alert(1)", "ht\u200btps://evil.example", "https&#58;//evil.example"),
    "\uff48\uff54\uff54\uff50\uff53\uff1a\uff0f\uff0f\uff45\uff56\uff49\uff4c.example",
)

Corpus = list[Mapping[str, str]]
Obeying = Callable[[Article], Findings]


def corpus(name: str) -> Corpus:
    """One article in each line of a file."""
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def article(given: Mapping[str, object]) -> Article:
    found = prepared(RawNewsArticle.model_validate(given), NOW)
    assert not isinstance(found, Rejection)
    return found


def parrot(asked: Article) -> Findings:
    """Says whatever the text says, as it was sent and with a link at its end."""
    words = re.findall(r"\S+", asked.text)
    said = [*words, *(" ".join(pair) for pair in pairwise(words))]
    return _findings(f"{asked.text} {LINK}", [LINK, *said[:50]], words[:50], 9.9)


def herald(asked: Article) -> Findings:
    """Puts links and advertisements into everything, in every disguise."""
    summary = " ".join(f"See {link} today." for link in LINKS) + f" {asked.title}."
    return _findings(summary, [*LINKS, "evilcoin", "urgent buy"], [*LINKS, "Evil Corp"], -7.0)


def torrent(asked: Article) -> Findings:
    """Never ends, and gives no numbers where numbers are asked for."""
    words = [f"{word}{number}" for number in range(1_000) for word in ("gold", "코인")]
    summary = f"{asked.body} <script>steal()</script> " * 3_000
    return _findings(summary, words, words, math.nan)


OBEYING: tuple[Obeying, ...] = (parrot, herald, torrent)


def _findings(summary: str, keywords: list[str], names: list[str], score: float) -> Findings:
    mentions = [Mention(name, EntityType.PERSON, score) for name in names]
    sentiment, confidence = SentimentType.POSITIVE, score * 2
    return Findings(sentiment, score, confidence, summary, keywords, Category.OTHER, mentions)


def obeyed(asked: Article) -> Iterator[AnalyzedNewsArticle]:
    """What leaves after each of the obedient has spoken."""
    for analyser in OBEYING:
        yield settled(asked, analyser(asked), BY, prompt_version="1", warnings=("told",))
