"""Dead letters back on their topics, through a real broker."""

import hashlib
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from letters_and_answers import letter
from traffic_of_answers import publish, publish_spoilt

from consumer import connection
from consumer.browse import browsing
from consumer.replay import Done, Outcome, Selection
from consumer.replaying import Pace, replayed
from inference.contract import Arrival
from inference.kafka import KafkaSettings, Topics

pytestmark = pytest.mark.kafka

FAST = Pace(10_000)


def of(requests: str, request_id: str, reason: str = "refused") -> Arrival:
    return letter(request_id, 0, {"__dlq.errors.topic": requests, "dlq.reason": reason})


async def run(
    kafka: KafkaSettings, topics: Topics, selection: Selection, pace: Pace = FAST
) -> list[Done]:
    return [done async for some in replayed(kafka, topics, selection, pace) for done in some]


async def there(kafka: KafkaSettings, topic: str) -> list[Arrival]:
    """What a topic holds."""
    async with browsing(kafka) as browser:
        bounds = await browser.bounds([topic])
        starts = {tp: at.first for tp, at in bounds.items()}
        ends = {tp: at.next for tp, at in bounds.items()}
        return [arrival async for arrival in browser.read(starts, ends)]


async def test_chosen_dead_letters_are_put_back_as_they_were_sent(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    other = of(requests, "b", "exhausted")
    await publish(kafka, topics.dead_letters_topic, [of(requests, "a"), other])
    done = await run(kafka, topics, Selection(reason="exhausted"))

    assert [(one.outcome, one.chosen and one.chosen.request_id) for one in done] == [
        (Outcome.REPLAYED, "b")
    ]
    (back,) = await there(kafka, requests)
    headers = dict(back.headers)
    assert (back.key, back.value) == (b"key", b"the original")
    assert (headers["ce_id"], headers["ce_source"]) == (b"b", b"/tests")
    assert (headers["ce_type"], headers["dlq.replays"]) == (b"penstock.echo.requested.v1", b"1")


async def test_a_dry_run_says_what_would_be_done_and_writes_nothing(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    await publish(kafka, topics.dead_letters_topic, [of(requests, "a"), of("no-such-topic", "b")])
    done = await run(kafka, topics, Selection(lane="echo"), Pace(100, dry_run=True))

    assert sorted(one.outcome for one in done) == [Outcome.FAILED, Outcome.WOULD_REPLAY]
    assert await there(kafka, requests) == []


async def test_an_id_finds_its_dead_letter_and_no_other(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    await publish(kafka, topics.dead_letters_topic, [of(requests, str(n)) for n in range(20)])
    dry = await run(kafka, topics, Selection(lane="echo"), Pace(100, dry_run=True))
    wanted = [dry[3].id, dry[17].id]
    done = await run(kafka, topics, Selection(ids=[*wanted, "nonsense", dry[0].id + "0"]))

    assert [one.outcome for one in done] == ["replayed", "replayed", "refused", "expired"]
    assert [one.id for one in done[:2]] == wanted
    assert len(await there(kafka, requests)) == 2


async def test_bytes_that_were_too_large_for_a_dead_letter_come_from_their_origin(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    sent = Arrival(requests, 0, 0, 0, b"k", b"large", [("mine", b"1")])
    await publish(kafka, requests, [sent])
    (origin,) = await there(kafka, requests)
    await publish(kafka, topics.dead_letters_topic, [referring(origin, b"large")])
    done = await run(kafka, topics, Selection(lane="echo"))

    assert [one.outcome for one in done] == [Outcome.REPLAYED]
    back = (await there(kafka, requests))[-1]
    assert (back.key, back.value, dict(back.headers)["mine"]) == (b"k", b"large", b"1")


async def test_bytes_that_kafka_has_deleted_are_expired(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    await publish(kafka, requests, [Arrival(requests, 0, 0, 0, b"k", b"large", [])])
    (origin,) = await there(kafka, requests)
    replaced = referring(origin, b"another")
    await publish(kafka, topics.dead_letters_topic, [replaced])
    assert [one.outcome for one in await run(kafka, topics, Selection(lane="echo"))] == ["expired"]

    async with connection.admin(kafka) as admin:
        tp = TopicPartition(requests, origin.partition)
        await admin.delete_records({tp: RecordsToDelete(origin.offset + 1)})
    (done,) = await run(kafka, topics, Selection(lane="echo"))
    assert (done.outcome, "deleted" in done.detail) == (Outcome.EXPIRED, True)


async def test_a_record_that_the_client_cannot_take_apart_hides_no_dead_letter(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    await publish(kafka, topics.dead_letters_topic, [of(requests, str(n)) for n in range(10)])
    await publish_spoilt(kafka, topics.dead_letters_topic, 2)
    await publish(kafka, topics.dead_letters_topic, [of(requests, str(n)) for n in range(10)])

    assert len(await run(kafka, topics, Selection(lane="echo"))) == 20


async def test_what_is_dead_lettered_during_a_replay_is_left_for_the_next_one(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    await publish(kafka, topics.dead_letters_topic, [of(requests, str(n)) for n in range(4)])
    seen: list[Done] = []
    async for some in replayed(kafka, topics, Selection(lane="echo"), Pace(1)):
        seen += some
        await publish(kafka, topics.dead_letters_topic, [of(requests, f"again-{len(seen)}")])
        if len(seen) == 2:
            break

    assert all(one.chosen and "again" not in one.chosen.request_id for one in seen)


async def test_a_replay_keeps_to_its_rate_and_its_limit(
    kafka: KafkaSettings, topics: Topics, requests: str
) -> None:
    await publish(kafka, topics.dead_letters_topic, [of(requests, str(n)) for n in range(20)])
    done = await run(kafka, topics, Selection(lane="echo"), Pace(10, limit=15))

    assert len(done) == 15
    times = sorted(back.timestamp for back in await there(kafka, requests))
    assert times[-1] - times[0] >= 900  # the tenth and the eleventh are a second apart


async def test_a_record_that_its_topic_refuses_takes_no_other_along(
    kafka: KafkaSettings,
    topics: Topics,
    names: Callable[[str], str],
    create_topics: Callable[..., Awaitable[None]],
) -> None:
    small = names("small")
    await create_topics([small], partitions=1, settings={"max.message.bytes": "1000"})
    large = of(small, "large")._replace(value=b"x" * 2000)
    await publish(
        kafka, topics.dead_letters_topic, [of(small, "a"), large, of(small, "b"), of(small, "c")]
    )
    done = await run(kafka, topics, Selection(lane="echo"))

    outcomes = {one.chosen.request_id: one.outcome for one in done if one.chosen}
    assert outcomes == {"a": "replayed", "b": "replayed", "c": "replayed", "large": "failed"}


def referring(origin: Arrival, value: bytes) -> Arrival:
    """A dead letter in place of one that was too large."""
    digest = hashlib.sha256(value).hexdigest()
    place = {
        "__dlq.errors.topic": origin.topic,
        "__dlq.errors.partition": str(origin.partition),
        "__dlq.errors.offset": str(origin.offset),
        "dlq.ref": f"{origin.topic}/{origin.partition}/{origin.offset} sha256={digest}",
    }
    return letter("a", 0, place)._replace(value=None)
