"""Which articles are copies of one another, and what a copy's analysis is."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from rensa import RMinHash

from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle
from inference.lanes.news_analysis.findings import Findings, settled

# Headlines are reworded, bodies are syndicated: what is too short for a body is not compared.
SHORTEST = 200
LONGEST = 4000
GRAM = 5
PLACES = 120
SEED = 42
# Figures, directions and negations: wherever one of them differs, so may the tone.
MATTERS = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:no|not|never|none|without|up|down|more|less|higher|lower|above|below)\b"
    r"|n't\b|\b(?:rise|rose|fall|fell|gain|los[est]|surg|plung|jump|drop|climb|slid|slump|soar|sink|sank"
    r"|grow|grew|shr[iau]nk|increas|decreas|beat|miss|win|won|success|fail)[a-z]*"
    r"|않|못|없|아니|상승|하락|급등|급락|증가|감소|늘|줄|오르|올랐|내리|내렸|떨어|뛰|웃돌|밑돌|흑자|적자"
    r"|성공|실패|승리|패배|이기|이겼|졌"
)


def content(article: Article) -> bytes:
    """All that an analysis depends on; an article that wants one of its own is like no other."""
    own = "" if article.raw.deduplicate else article.ref.id
    return f"{article.language}\n{own}\n{article.text}".encode()


def sketch(article: Article) -> Sequence[int] | None:
    """A MinHash of the body's five-letter pieces; like none that differs in what matters."""
    body = article.body[:LONGEST]
    if len(body) < SHORTEST or not article.raw.deduplicate:
        return None
    minhash = RMinHash(num_perm=PLACES, seed=SEED)
    minhash.update([body[place : place + GRAM] for place in range(len(body) - GRAM + 1)])
    salt = _what_matters(article.body)
    return [place ^ salt for place in minhash.digest()]


def _what_matters(body: str) -> int:
    """Machines write reports that differ in a figure, a direction or a `not`, and nowhere else."""
    found = sorted(MATTERS.findall(body.lower()))
    return int.from_bytes(blake2b("\n".join(found).encode(), digest_size=4).digest())


def adopted(article: Article, analysed: AnalyzedNewsArticle) -> AnalyzedNewsArticle:
    """Another article's analysis as this one's; it says whose it was first, and cost nothing."""
    same = analysed.content_hash == article.content_hash
    own = _of_the_same(article, analysed) if same else _of_a_like_one(article, analysed)
    first = analysed.duplicate_of or analysed.article.id
    return own.model_copy(update={"duplicate_of": None if first == article.ref.id else first})


def _of_the_same(article: Article, analysed: AnalyzedNewsArticle) -> AnalyzedNewsArticle:
    """What was removed before the texts were compared belongs to the article, not to its text."""
    analysis = {
        "usage": None,
        "flagged": article.flagged,
        "warnings": _once(article.warnings, analysed.analysis.warnings),
    }
    return analysed.model_copy(
        update={
            "article": article.ref,
            "analysis": analysed.analysis.model_copy(update=analysis),
            "processed_at": datetime.now(UTC),
        }
    )


def _of_a_like_one(article: Article, analysed: AnalyzedNewsArticle) -> AnalyzedNewsArticle:
    """What the first was found to say, as far as it stands in this article's own text."""
    told = analysed.analysis
    findings = Findings(
        told.sentiment,
        told.sentiment_score,
        told.confidence,
        told.summary,
        told.keywords,
        told.category,
        told.entities,
    )
    version = told.prompt_version
    return settled(article, findings, told.model, prompt_version=version, warnings=told.warnings)


def _once(*warnings: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one for said in warnings for one in said))
