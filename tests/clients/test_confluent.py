"""What a client over librdkafka may do differently, and must not matter."""

import json
import time
import uuid
from collections.abc import Callable

import pytest
from answering import Answering
from confluent_kafka import Consumer, Message, Producer

pytestmark = pytest.mark.kafka
LIMIT = 60
Headers = dict[str, str | bytes | None]


def send(at: Answering, value: bytes, headers: Headers | None = None, codec: str = "none") -> None:
    producer = Producer({"bootstrap.servers": at.bootstrap, "compression.type": codec})
    producer.produce(at.requests, key="k", value=value, headers=headers or {})
    assert producer.flush(LIMIT) == 0


def found(at: Answering, topic: str, wanted: Callable[[Message], bool]) -> Message:
    """The first record of a topic that is wanted, as soon as there is one."""
    consumer = Consumer(
        {
            "bootstrap.servers": at.bootstrap,
            "group.id": uuid.uuid4().hex,
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([topic])
    end = time.monotonic() + LIMIT
    try:
        while time.monotonic() < end:
            message = consumer.poll(0.5)
            if message is not None and not message.error() and wanted(message):
                return message
    finally:
        consumer.close()
    raise AssertionError(topic)


def answer(at: Answering, said: str) -> Message:
    return found(
        at,
        at.topics.results_topic,
        lambda m: bool(json.loads(m.value() or b"")["answer"]["text"] == said),
    )


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_whatever_compresses_a_batch_it_is_read(answering: Answering, codec: str) -> None:
    said = f"compressed by {codec} " * 100
    send(answering, said.encode(), codec=codec)
    assert answer(answering, said).key() == b"k"


def test_records_of_a_transaction_are_answered_once_it_is_committed(answering: Answering) -> None:
    config = {"bootstrap.servers": answering.bootstrap, "transactional.id": uuid.uuid4().hex}
    producer = Producer(config)
    producer.init_transactions(LIMIT)
    for said, end in (
        ("aborted", producer.abort_transaction),
        ("committed", producer.commit_transaction),
    ):
        producer.begin_transaction()
        producer.produce(answering.requests, value=said)
        producer.flush(LIMIT)
        end(LIMIT)
    seen: list[str] = []

    def committed(message: Message) -> bool:
        seen.append(json.loads(message.value() or b"")["answer"]["text"])
        return seen[-1] == "committed"

    found(answering, answering.topics.results_topic, committed)
    assert "aborted" not in seen


def test_a_structured_event_is_answered_under_its_id(answering: Answering) -> None:
    identity = uuid.uuid4().hex
    event = {
        "specversion": "1.0",
        "id": identity,
        "source": "/somebody",
        "type": "penstock.echo.requested.v1",
        "datacontenttype": "text/plain",
        "data": f"structured {identity}",
    }
    headers: Headers = {"content-type": "application/cloudevents+json; charset=utf-8"}
    send(answering, json.dumps(event).encode(), headers)
    message = answer(answering, f"structured {identity}")
    assert ("ce_requestid", identity.encode()) in (message.headers() or [])


def test_a_dead_letter_keeps_headers_that_only_this_client_writes(answering: Answering) -> None:
    headers: Headers = {"empty": b"", "null": None, "bytes": b"\xff\x00"}
    send(answering, b"\xff", headers)
    letter = found(answering, answering.topics.dead_letters_topic, lambda m: m.value() == b"\xff")
    kept = dict(letter.headers() or [])
    assert {name: kept[name] for name in headers} == headers
    assert kept["__dlq.errors.topic"] == answering.requests.encode()
