"""What an analyser says, and what of it is believed."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple, TypedDict, Unpack

from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import (
    Analyser,
    AnalysisResult,
    AnalyzedNewsArticle,
    Category,
    Entity,
    EntityType,
    SentimentType,
    Usage,
)
from inference.lanes.news_analysis.quoting import Words, keyword, named, told

MOST_KEYWORDS, MOST_ENTITIES, MOST_SUMMARY = 10, 20, 600
# Beyond what is told, so much is looked at; an analyser that will not end is not listened to.
LOOKED_AT = 60
# A neutral article may lean so far; one that is said to be minded leans at least so far.
NEUTRAL = 0.2

SCORE_RANGE = "the score was out of range; it was brought back"
SCORE_LABEL = "score and sentiment did not agree; the score was repaired"
NO_SENTIMENT = "no sentiment was given; it was taken from the score"
CONFIDENCE_RANGE = "the confidence was out of range; it was brought back"
SUMMARY_CUT = "the summary was too long; it was cut"
SUMMARY_PARTS = "the summary had addresses or instructions; those sentences were left out"
SUMMARY_MISSING = "there was no summary; the article's beginning was put in its place"
KEYWORDS_LEFT = "keywords that are not in the text were left out"
ENTITIES_LEFT = "entities that are not in the text were left out"
SALIENCE_RANGE = "a salience was out of range; it was left out"


class Mention(NamedTuple):
    """An entity as an analyser names it; any text, any salience."""

    text: str
    type: EntityType
    salience: float | None = None


class Findings(NamedTuple):
    """What an analyser says, before anything of it is believed: any length, any number."""

    sentiment: SentimentType
    score: float
    confidence: float | None
    summary: str
    keywords: Sequence[str]
    category: Category
    entities: Sequence[Mention | Entity] = ()


class Call(TypedDict, total=False):
    """What is told of the call that gave the findings."""

    prompt_version: str | None
    usage: Usage | None
    latency_ms: float | None
    warnings: Sequence[str]


class _Repaired:
    """Findings as far as they hold, and a warning for each repair."""

    def __init__(self, article: Article, findings: Findings) -> None:
        self._article, self._found = article, findings
        self._words = Words(article.text, hosts=not article.flagged)
        self.warnings: list[str] = []

    def sentiment(self) -> tuple[SentimentType, float]:
        """The label stands, for it is one of few words; the score gives way to it."""
        score = self._within(self._found.score, -1, SCORE_RANGE) or 0.0
        label = self._found.sentiment
        if label is SentimentType.UNKNOWN:
            self.warnings.append(NO_SENTIMENT)
            label = leaning(score)
        agreeing = agreed(label, score)
        if agreeing != score:
            self.warnings.append(SCORE_LABEL)
        return label, agreeing

    def confidence(self) -> float | None:
        """None where the analyser gives none."""
        given = self._found.confidence
        return None if given is None else self._within(given, 0, CONFIDENCE_RANGE)

    def summary(self) -> str:
        """Sentences without addresses and instructions; never more than the contract lets be."""
        summary = told(self._found.summary, MOST_SUMMARY, self._words)
        self._warn(summary.missed, SUMMARY_PARTS)
        self._warn(summary.cut, SUMMARY_CUT)
        if summary.text:
            return summary.text
        self.warnings.append(SUMMARY_MISSING)
        own = told(self._article.body, MOST_SUMMARY // 2, self._words)
        return own.text or told(self._article.title, MOST_SUMMARY, self._words).text

    def keywords(self) -> list[str]:
        """In small letters, each once, each of the text."""
        given = list(islice(self._found.keywords, LOOKED_AT))
        kept = [keyword(one, self._words) for one in given]
        self._warn(None in kept, KEYWORDS_LEFT)
        return list(dict.fromkeys(one for one in kept if one))[:MOST_KEYWORDS]

    def entities(self) -> list[Entity]:
        """As the text names them, each once."""
        return list(islice(self._named(), MOST_ENTITIES))

    def _named(self) -> Iterator[Entity]:
        seen: set[str] = set()
        for mention in islice(self._found.entities, LOOKED_AT):
            text = named(mention.text, self._words)
            self._warn(text is None, ENTITIES_LEFT)
            if text and text.lower() not in seen:
                seen.add(text.lower())
                yield Entity(text=text, type=mention.type, salience=self._salience(mention))

    def _salience(self, mention: Mention | Entity) -> float | None:
        given = mention.salience
        known = given is None or 0 <= given <= 1
        self._warn(not known, SALIENCE_RANGE)
        return given if known else None

    def _within(self, number: float, least: float, warning: str) -> float | None:
        """None for what is no number."""
        if least <= number <= 1:
            return number
        self.warnings.append(warning)
        return None if math.isnan(number) else min(max(number, least), 1.0)

    def _warn(self, repaired: bool, warning: str) -> None:  # noqa: FBT001 - no mode, a condition
        if repaired and warning not in self.warnings:
            self.warnings.append(warning)


def agreed(label: SentimentType, score: float) -> float:
    """The score next to the given one that a label may have."""
    if label is SentimentType.NEUTRAL:
        return min(max(score, -NEUTRAL), NEUTRAL)
    if label is SentimentType.POSITIVE and score <= 0:
        return NEUTRAL
    if label is SentimentType.NEGATIVE and score >= 0:
        return -NEUTRAL
    return score


def leaning(score: float) -> SentimentType:
    """The label that goes with a score alone."""
    if abs(score) <= NEUTRAL:
        return SentimentType.NEUTRAL
    return SentimentType.POSITIVE if score > 0 else SentimentType.NEGATIVE


def settled(
    article: Article, findings: Findings, by: Analyser, **call: Unpack[Call]
) -> AnalyzedNewsArticle:
    """The analysis that leaves: inside the schema, true to the text, each repair with a warning."""
    repaired = _Repaired(article, findings)
    sentiment, score = repaired.sentiment()
    analysis = AnalysisResult(
        sentiment=sentiment,
        sentiment_score=score,
        confidence=repaired.confidence(),
        summary=repaired.summary(),
        keywords=repaired.keywords(),
        category=findings.category,
        entities=repaired.entities(),
        language=article.language,
        model=by,
        prompt_version=call.get("prompt_version"),
        warnings=_once(article.warnings, call.get("warnings", ()), repaired.warnings),
        flagged=article.flagged,
        usage=call.get("usage"),
        latency_ms=call.get("latency_ms"),
    )
    return AnalyzedNewsArticle(
        article=article.ref,
        analysis=analysis,
        content_hash=article.content_hash,
        processed_at=datetime.now(UTC),
    )


def _once(*warnings: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one for said in warnings for one in said))
