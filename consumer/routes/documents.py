"""What the consumer's routes give out, and examples of it."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping

from consumer.times import shown
from inference.contract import Document, Result

NEXT = "Path of the next page; null at the end."
RESULT = {
    "id": "0d9b8d5e-3c1f-5b52-8f4e-2f8f2f3d9c11",
    "lane": "image-classification",
    "version": 1,
    "request": {
        "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "source": "/penstock/producer",
        "topic": "image-classification.requests",
        "partition": 7,
        "offset": 42,
        "time": "2026-01-31T09:00:00.000Z",
    },
    "answered_by": "full",
    "degraded": False,
    "from_cache": False,
    "cache_tier": None,
    "model": {"name": "leaves", "version": "1", "digest": "9f86d081884c7d65"},
    "stages": {"waiting": 0.004, "read": 0.001, "answer": 0.009},
    "answer": {"labels": [{"label": "healthy", "score": 0.98}]},
}


class Answers(BaseModel):
    """Every answer to a request; several where ids of different sources or lanes agree."""

    results: list[Result[Document]] = Field(examples=[[RESULT]])


class ResultPage(Answers):
    """Answers, newest first."""

    next: str | None = Field(description=NEXT)


class Place(BaseModel):
    """Where a record lies in Kafka."""

    topic: str = Field(examples=["inference.dead-letters"])
    partition: int = Field(examples=[3])
    offset: int = Field(examples=[1042])


class Letter(BaseModel):
    """A request without an answer, and why; its bytes are in Kafka."""

    id: str = Field(examples=["inference.dead-letters-3-1042-1769850000123"])
    request_id: str = Field(examples=["0f8fad5b-d9cb-469f-a165-70867728950e"])
    source: str = Field(examples=["/penstock/producer"])
    lane: str = Field(examples=["image-classification"])
    reason: str = Field(examples=["malformed"])
    stage: str = Field(examples=["read"])
    detail: str = Field(examples=["the file is truncated"])
    attempts: int = Field(examples=[1])
    replays: int = Field(description="How often it was put back, as far as is known here.")
    replayed: datetime | None = Field(description="When it was last put back over HTTP.")
    answered: bool = Field(description="Whether the request has an answer by now.")
    time: datetime
    place: Place
    original: Place


class LetterWithBytes(Letter):
    """A dead letter, and whether there is something left to replay."""

    in_kafka: bool | None = Field(
        description="Whether Kafka still has the original's bytes; null where it cannot be asked."
    )


class LetterPage(BaseModel):
    """Dead letters, newest first."""

    dead_letters: list[Letter]
    next: str | None = Field(description=NEXT)


class Unreadable(BaseModel):
    """A record that is neither a result nor a dead letter."""

    id: str = Field(examples=["inference.results-0-7-1769850000123"])
    why: str = Field(examples=["not a result: answered_by: missing"])
    time: datetime = Field(description="When it was found.")
    place: Place


class UnreadablePage(BaseModel):
    """Records that could not be understood, newest first."""

    unreadable: list[Unreadable]
    next: str | None = Field(description=NEXT)


def letter(row: RowMapping) -> Letter:
    """A row of the store as a document."""
    replayed = row["replayed"]
    return Letter.model_validate(
        {
            **row,
            "time": shown(row["arrived"]),
            "replayed": None if replayed is None else shown(replayed),
            "place": place(row),
            "original": original(row),
        }
    )


def unreadable(row: RowMapping) -> Unreadable:
    """A row of the store as a document."""
    return Unreadable(id=row["id"], why=row["why"], time=shown(row["stored"]), place=place(row))


def place(row: RowMapping) -> Place:
    """Where the record lies that the row is about."""
    return Place(topic=row["topic"], partition=row["partition"], offset=row["offset"])


def original(row: RowMapping) -> Place:
    """Where the request lies that a dead letter is about."""
    return Place(
        topic=row["request_topic"], partition=row["request_partition"], offset=row["request_offset"]
    )
