import asyncio
import hashlib
from itertools import repeat

import pytest
from memory_broker import DEAD, DEPARTURES, RESULTS, Fault, MemoryBroker, publishing
from traffic import arrival, result
from waiting import until

from inference.contract import Departure, Reason, Rejection

pytestmark = pytest.mark.usefixtures("at_once")

LARGE = bytes(5000)
KNOWN, UNKNOWN = 2000, 100_000


def results_with_a_large_one(count: int = 20, large: int = 7) -> list[Departure]:
    return [result(arrival(n), LARGE if n == large else f"{n}".encode()) for n in range(count)]


def large_dead_letter() -> Departure:
    refused = Rejection(Reason.REFUSED, "read", "it is too large")
    return DEPARTURES.dead_letter(arrival(3, value=LARGE), refused)


@pytest.mark.parametrize("most_bytes", [KNOWN, UNKNOWN])
async def test_a_result_that_its_topic_refuses_leaves_as_a_dead_letter(most_bytes: int) -> None:
    """Whether the limit is known beforehand or only the broker knows it."""
    broker = MemoryBroker(partitions=1)
    broker.most_bytes[RESULTS] = KNOWN
    await publishing(broker, most_bytes).publish(results_with_a_large_one())
    assert broker.values(RESULTS) == [f"{n}".encode() for n in range(20) if n != 7]
    (letter,) = broker.records[DEAD, 0]
    assert (letter.key, letter.value) == (b"key", b"text")
    assert letter.headers["dlq.reason"] == b"refused"
    assert letter.headers["dlq.stage"] == b"publish"
    assert str(most_bytes).encode() in letter.headers["dlq.detail"]


@pytest.mark.parametrize("most_bytes", [KNOWN, UNKNOWN])
async def test_later_records_of_that_partition_are_published(most_bytes: int) -> None:
    broker = MemoryBroker(partitions=1)
    broker.most_bytes[RESULTS] = KNOWN
    publisher = publishing(broker, most_bytes)
    await publisher.publish(results_with_a_large_one())
    await publisher.publish([result(arrival(20), b"later")])
    assert broker.values(RESULTS)[-1] == b"later"


async def test_a_refusal_that_is_known_beforehand_costs_no_producer_and_no_pause() -> None:
    broker = MemoryBroker(partitions=1)
    large = [result(arrival(n), LARGE) for n in range(50)]
    await publishing(broker, KNOWN).publish(large)
    assert len(broker.records[DEAD, 0]) == 50
    assert len(broker.producers) == 1


@pytest.mark.parametrize("most_bytes", [KNOWN, UNKNOWN])
async def test_a_dead_letter_that_does_not_fit_leaves_as_its_reasons_and_a_reference(
    most_bytes: int,
) -> None:
    broker = MemoryBroker(partitions=1)
    broker.most_bytes[DEAD] = KNOWN
    await publishing(broker, most_bytes).publish([large_dead_letter()])
    (letter,) = broker.records[DEAD, 0]
    digest = hashlib.sha256(LARGE).hexdigest()
    assert letter.headers["dlq.ref"] == f"questions/0/3 sha256={digest}".encode()
    assert letter.headers["dlq.reason"] == b"refused"
    assert letter.headers["__dlq.errors.offset"] == b"3"
    assert (letter.key, letter.value) == (b"key", None)


async def test_a_result_whose_dead_letter_does_not_fit_either_leaves_as_a_reference() -> None:
    broker = MemoryBroker(partitions=1)
    departure = result(arrival(3, value=LARGE), LARGE)
    await publishing(broker, KNOWN).publish([departure])
    (letter,) = broker.records[DEAD, 0]
    assert letter.value is None
    assert letter.headers["dlq.stage"] == b"publish"
    assert letter.headers["dlq.ref"].startswith(b"questions/0/3 ")


@pytest.mark.parametrize("most_bytes", [300, UNKNOWN])
async def test_where_even_the_reference_is_refused_the_partition_waits(most_bytes: int) -> None:
    """Until its topic takes it: it is asked, and not the limit that was read at the start."""
    broker = MemoryBroker(partitions=1)
    broker.most_bytes[DEAD] = 300
    publisher = publishing(broker, most_bytes)
    waiting = asyncio.create_task(publisher.publish([large_dead_letter()]))
    await until(lambda: len(broker.producers) > 5)
    assert publisher.trouble is not None
    assert not waiting.done()
    broker.most_bytes[DEAD] = KNOWN
    async with asyncio.timeout(5):
        await waiting
    assert publisher.trouble is None
    assert len(broker.records[DEAD, 0]) == 1


async def test_a_sender_cannot_make_a_dead_letter_pass_for_its_own_reference() -> None:
    broker = MemoryBroker(partitions=1)
    original = arrival(3, value=LARGE, headers=[("dlq.ref", b"elsewhere")])
    refused = Rejection(Reason.REFUSED, "read", "it is too large")
    await publishing(broker, KNOWN).publish([DEPARTURES.dead_letter(original, refused)])
    assert broker.records[DEAD, 0][0].headers["dlq.ref"].startswith(b"questions/0/3 ")


async def test_trouble_of_one_is_not_covered_up_by_the_success_of_another() -> None:
    broker = MemoryBroker(partitions=2)
    broker.most_bytes[DEAD] = 300
    publisher = publishing(broker)
    waiting = asyncio.create_task(publisher.publish([large_dead_letter()]))
    await until(lambda: publisher.trouble is not None)
    await publisher.publish([result(arrival(0, 1))])
    assert publisher.trouble is not None
    waiting.cancel()


async def test_a_batch_that_came_too_late_for_a_producer_is_sent_by_the_next_one() -> None:
    """An aiokafka producer that has ended never answers for what was handed to it meanwhile."""
    broker = MemoryBroker(partitions=2, fate=repeat(Fault()))
    publisher = publishing(broker)
    await publisher.publish([result(arrival(0, 0), b"first")])
    broker.producers[0].answering = asyncio.Event().wait
    late = asyncio.create_task(publisher.publish([result(arrival(1, 0), b"late")]))
    await asyncio.sleep(0.01)
    broker.producers[0].stopped = True
    await publisher.publish([result(arrival(0, 1), b"other")])
    async with asyncio.timeout(5):
        await late
    assert broker.values(RESULTS, 0) == [b"first", b"late"]
