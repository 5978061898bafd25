"""Reads results and dead letters back, from first to last, and understands what they say."""

import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from benchmarks.chaos.checker import ANSWERED, Answer, Place
from benchmarks.chaos.clients import Names, member

LIMIT = 120.0


class Written(NamedTuple):
    """A record as it stands in a topic."""

    topic: str
    place: Place
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


def read_answers(bootstrap: str, names: Names) -> list[Answer]:
    """All of them, duplicates included."""
    counts = names.partitions
    partitions = [
        TopicPartition(topic, number, 0)
        for topic in (names.results, names.dead_letters)
        for number in range(counts[topic])
    ]
    written = _read_all(bootstrap, partitions)
    return [_result(r) if r.topic == names.results else _dead_letter(r) for r in written]


def _read_all(bootstrap: str, partitions: list[TopicPartition]) -> Iterator[Written]:
    """Every committed record, in order, up to the present ends; raises TimeoutError."""
    consumer = member(bootstrap, "witness")
    consumer.assign(partitions)
    open_ones = len(partitions)
    end = time.monotonic() + LIMIT
    try:
        while open_ones:
            for message in consumer.consume(1000, timeout=1):
                if _is_end(message.error()):
                    open_ones -= 1
                else:
                    yield _written(message)
            if time.monotonic() > end:
                raise TimeoutError
    finally:
        consumer.close()


def _is_end(error: KafkaError | None) -> bool:
    if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - its name
        raise KafkaException(error)
    return error is not None


def _written(message: Any) -> Written:  # noqa: ANN401 - by its types, everything could be missing
    return Written(
        message.topic(),
        Place(message.partition(), message.offset()),
        message.key(),
        message.value(),
        dict(message.headers() or []),
    )


def _result(record: Written) -> Answer:
    document = json.loads(record.value or b"")
    request = document["request"]
    return Answer(
        topic=record.topic,
        place=record.place,
        id=record.headers["ce_id"].decode(),
        question=(request["source"], request["id"]),
        asked_at=Place(request["partition"], request["offset"]),
        key=record.key,
        content=document["answer"]["text"].encode(),
        outcome=ANSWERED,
    )


def _dead_letter(record: Written) -> Answer:
    said = {name: value.decode() for name, value in record.headers.items() if "dlq." in name}
    question = (said["dlq.source"], said["dlq.id"])
    place = Place(int(said["__dlq.errors.partition"]), int(said["__dlq.errors.offset"]))
    return Answer(
        topic=record.topic,
        place=record.place,
        id="\n".join(question),
        question=question,
        asked_at=place,
        key=record.key,
        content=record.value,
        outcome=said["dlq.reason"],
    )
