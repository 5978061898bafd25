import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from answers import Place
from confluent_kafka import Producer
from rig import Rig

pytestmark = pytest.mark.kafka

ODD: Sequence[Mapping[str, Any]] = [
    {"key": None, "value": b"no key"},
    {"key": b"key", "value": None},
    {"key": None, "value": None},
    {"key": b"", "value": b""},
    {"key": b"\xff\x00\xfe", "value": b"a key that is no text"},
    {"value": b"the same header twice", "headers": [("h", b"1"), ("h", b"2"), ("h", b"1")]},
    {"value": b"a header that is no text", "headers": [("h", b"\xff\x00"), ("ce_h", b"\xff")]},
    {"value": b"headers without a value", "headers": [("h", None), ("traceparent", None)]},
    {"value": b"an attribute without a value", "headers": [("ce_id", None), ("ce_type", None)]},
    {"value": b"a huge header", "headers": [("h", b"x" * 700_000)]},
    {"value": b"a thousand headers", "headers": [(f"h{n}", b"x") for n in range(1000)]},
    {"value": b"a header of ours", "headers": [("dlq.ref", b"?"), ("dlq.reason", b"none")]},
    {"value": b"\xff\xfe no text", "headers": [("h", None), ("dlq.stage", None)]},
    {"value": b"long ago", "timestamp": 1},
]


async def produce(
    rig: Rig, records: Sequence[Mapping[str, Any]], codec: str = "none"
) -> list[Place]:
    """Through another client, which sends what ours would not."""
    settings = {"bootstrap.servers": rig.bootstrap, "linger.ms": 50, "compression.type": codec}
    producer, places = Producer(settings), list[Place]()

    def acknowledged(error: object, said: Any) -> None:  # noqa: ANN401 - the client has no types
        assert error is None
        places.append((said.partition(), said.offset()))

    for record in records:
        producer.produce(rig.requests, partition=0, on_delivery=acknowledged, **record)
    assert await asyncio.to_thread(producer.flush, 20) == 0
    return places


async def test_odd_records_are_answered_each_by_itself_and_with_its_key(rig: Rig) -> None:
    await rig.create_all()
    answers = await rig.listen()
    worker = await rig.worker()
    places = await produce(rig, [{"value": b"first"}, *ODD, {"value": b"last"}])
    await answers.to(places)
    for place, record in zip(places[1:-1], ODD, strict=True):
        (answer,) = answers.by_place[place]
        assert answer.key == record.get("key")
        if answer.reason:
            assert answer.value == record["value"]
    assert answers.results.keys() >= {places[0], places[-1]}
    assert {answer.reason for answer in answers.dead_letters.values()} == {"malformed"}
    assert answers.in_order
    assert worker.running


async def test_odd_records_are_answered_by_the_child_process_too(rig: Rig) -> None:
    """They were in flight when a worker died, so they are suspected."""
    await rig.create_all()
    answers = await rig.listen()
    first = await rig.worker(COMMIT_INTERVAL=60, KAFKA_SESSION_TIMEOUT=1)
    places = await produce(rig, [{"value": b"first"}, *ODD, {"value": b"!slow 3"}])
    await first.until_metric("active_inference_tasks", lambda active: active == 1, 40)
    await first.kill()
    second = await rig.worker()
    await answers.to(places)
    assert await second.metric("inference_trials_total", outcome="answered") > 0
    assert await second.metric("inference_trials_total", outcome="died") == 0
    assert {answer.reason for answer in answers.dead_letters.values()} == {"malformed"}


async def test_batches_are_read_whatever_they_are_compressed_with(rig: Rig) -> None:
    await rig.create_all()
    answers = await rig.listen()
    await rig.worker()
    texts = [f"text {n}" * 50 for n in range(200)]
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        places = await produce(rig, [{"value": text.encode()} for text in texts], codec)
        await answers.to(places)
        assert [answers.results[place].text for place in places] == texts
