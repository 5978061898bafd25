"""Takes a news article as JSON; gives its sentiment, summary, keywords, category and entities."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from inference.contract import Content, Contract, Document, Rejection
from inference.dates import moment
from inference.lanes.news_analysis import languages, naming
from inference.lanes.news_analysis.reading import document

MOST_CONTENT = 50_000
MOST_RAW = 64 * 1024

Moment = Annotated[AwareDatetime, BeforeValidator(moment)]


class NewsSource(Document):
    """Who published an article."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str | None = Field(None, max_length=200)
    name: str = Field("unknown", max_length=200)
    domain: str | None = Field(None, max_length=253)


class RawNewsArticle(Document):
    """An article as it was found; HTML is allowed in its texts.

    The names that NewsAPI, EventRegistry, GDELT, schema.org, RSS and Atom have for these fields are
    understood as well. A date may be ISO 8601, RFC 822, GDELT's or seconds since 1970.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)

    article_id: str | None = Field(None, max_length=200, description="Derived where it is missing.")
    url: str | None = Field(None, max_length=2000)
    source_url: str | None = Field(None, max_length=2000)
    title: str = Field(min_length=1, max_length=500)
    summary: str | None = Field(None, max_length=naming.MOST_SUMMARY)
    content: str | None = Field(None, max_length=MOST_CONTENT)
    source: NewsSource = NewsSource()
    authors: list[str] = Field([], max_length=50)
    published_at: Moment | None = Field(None, description="Refused without a time zone.")
    fetched_at: Moment | None = None
    language: str | None = Field(
        None, max_length=35, description="BCP 47; found out where missing."
    )
    category: str | None = Field(None, max_length=100)
    tags: list[str] = Field([], max_length=100)
    image_url: str | None = Field(None, max_length=2000)
    country: str | None = Field(None, max_length=100)
    raw: dict[str, Any] | None = Field(None, description="What the source gave, at most 64 KiB.")
    deduplicate: bool = Field(default=True, description="False: analyse it even if it is a copy.")

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, given: object) -> object:
        return naming.renamed(given) if isinstance(given, Mapping) else given

    @field_validator("language", mode="before")
    @classmethod
    def _tagged(cls, given: object) -> object:
        return languages.tag(given) if isinstance(given, str) else given

    @field_validator("raw")
    @classmethod
    def _bounded(cls, given: dict[str, Any] | None) -> dict[str, Any] | None:
        if given and len(json.dumps(given, ensure_ascii=False).encode(errors="replace")) > MOST_RAW:
            message = f"has more than {MOST_RAW} bytes: leave it out, or what is large in it"
            raise ValueError(message)
        return given


class SentimentType(StrEnum):
    """How an article is minded; `unknown` only where there is no analysis."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """What an article is about, of a closed set."""

    POLITICS = "politics"
    BUSINESS = "business"
    TECHNOLOGY = "technology"
    SCIENCE = "science"
    HEALTH = "health"
    SPORTS = "sports"
    ENTERTAINMENT = "entertainment"
    WORLD = "world"
    ENVIRONMENT = "environment"
    CRIME = "crime"
    EDUCATION = "education"
    LIFESTYLE = "lifestyle"
    OTHER = "other"


class EntityType(StrEnum):
    """What is named, of a closed set."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    PRODUCT = "product"
    EVENT = "event"
    OTHER = "other"


class Entity(Document):
    """Somebody or something that the text names."""

    text: str = Field(max_length=100)
    type: EntityType
    salience: float | None = Field(None, ge=0, le=1)


class Usage(Document):
    """What an external call took."""

    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    cost: float | None = Field(None, description="In the price table's currency.")


class Analyser(Document):
    """Who analysed."""

    provider: str
    name: str
    version: str


class AnalysisResult(Document):
    """What an article says, and how it is minded."""

    sentiment: SentimentType
    sentiment_score: float = Field(ge=-1, le=1)
    confidence: float | None = Field(None, ge=0, le=1)
    summary: str = Field(max_length=600)
    keywords: list[str] = Field(max_length=10, description="Lower case, each of them in the text.")
    category: Category
    entities: list[Entity] = Field([], max_length=20)
    language: str
    model: Analyser
    prompt_version: str | None = None
    warnings: list[str] = Field([], description="What was repaired or looks odd; never quotes.")
    flagged: bool = Field(default=False, description="True: the text tries to give instructions.")
    usage: Usage | None = None
    latency_ms: float | None = None


class ArticleRef(Document):
    """Which article it was."""

    id: str
    url: str | None
    title: str
    published_at: datetime | None
    source: NewsSource


class AnalyzedNewsArticle(Document):
    """An article's analysis."""

    article: ArticleRef
    analysis: AnalysisResult
    content_hash: str = Field(description="SHA-256 of the normalised title and body.")
    duplicate_of: str | None = Field(None, description="The id of the article it is a copy of.")
    processed_at: datetime


def read(content: Content) -> RawNewsArticle | Rejection:
    """The article in a value, or what is wrong with it, in words that quote nothing of it."""
    return document(content.data, RawNewsArticle)


CONTRACT = Contract(
    lane="news-analysis",
    answer=AnalyzedNewsArticle,
    read=read,
    content_types=("application/json",),
    max_bytes=512 * 1024,
)
