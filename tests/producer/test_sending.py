import asyncio
from collections.abc import Iterable

import pytest
from prometheus_client import REGISTRY
from saying_no import SayingNo

from echo_lane.contract import CONTRACT
from inference.contract import Content
from inference.kafka import Topics
from producer.event import Event, Written
from producer.failures import Unacknowledged, Unsent
from producer.intake import Intake
from producer.memory import MemoryPublisher
from producer.publish import Publisher
from producer.send import GIVEN_UP, Failure, Sending, Way
from producer.sources import Item, samples
from producer.window import Window


def item(name: str, data: bytes) -> Item:
    return Item(name, lambda _most: Content(data, "text/plain"))


def unreadable(_most: int) -> Content:
    raise PermissionError(13, "Permission denied")


async def send(
    items: Iterable[Item], publisher: Publisher, way: Way | None = None, *, checked: bool = True
) -> list[Failure]:
    intake = Intake(publisher, Topics(), checked=checked)
    sending = Sending(intake, CONTRACT, way or Way("/tests"), lambda _name, _written: None)
    return await sending.send(items)


def kept(memory: MemoryPublisher) -> list[Event]:
    return [event for partition in memory.topics["echo.requests"] for event in partition]


async def test_everything_is_sent_each_under_its_files_name() -> None:
    memory = MemoryPublisher()
    assert await send([item("folder/a.txt", b"a"), item("b.txt", b"b")], memory) == []
    assert {(e.key, e.content.data) for e in kept(memory)} == {(b"a.txt", b"a"), (b"b.txt", b"b")}
    assert {event.source for event in kept(memory)} == {"/tests"}


@pytest.mark.parametrize(("key", "expected"), [("none", None), ("camera-3", b"camera-3")])
async def test_a_key_is_a_fixed_text_or_none(key: str, expected: bytes | None) -> None:
    memory = MemoryPublisher()
    await send(samples.items("echo", 3), memory, Way("/tests", key))
    assert {event.key for event in kept(memory)} == {expected}


async def test_what_the_lane_would_not_take_is_told_in_its_own_words_and_the_rest_is_sent() -> None:
    memory = MemoryPublisher()
    items = [item("a", b"a"), item("bad", b"\xff"), Item("locked", unreadable), item("b", b"b")]
    failures = await send([*items, item("large", b"x" * 1_000_001)], memory)
    assert sorted(failures) == [
        Failure("bad", "malformed: the value is not UTF-8 text"),
        Failure("large", "refused: the value has more than 1000000 bytes"),
        Failure("locked", "cannot be read: Permission denied"),
    ]
    assert len(kept(memory)) == 2


async def test_unchecked_it_is_sent_all_the_same() -> None:
    memory = MemoryPublisher()
    assert await send([item("bad", b"\xff")], memory, checked=False) == []
    assert kept(memory)[0].content.data == b"\xff"


async def test_once_the_broker_is_gone_the_rest_is_named_without_being_tried() -> None:
    publisher = SayingNo(Unsent("no broker"), after=2)
    items = (item(f"file {number}", b"x" * 900_000) for number in range(200))
    failures = await send(items, publisher)
    assert len(failures) == 198
    assert publisher.asked < 100
    assert {failure.why for failure in failures} == {"no broker", GIVEN_UP}


async def test_a_rate_is_kept() -> None:
    began = asyncio.get_running_loop().time()
    await send(samples.items("echo", 11), MemoryPublisher(), Way("/tests", rate=100))
    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_each_item_is_told_at_its_end() -> None:
    told: list[tuple[str, Written | None]] = []
    intake = Intake(MemoryPublisher(), Topics())
    sending = Sending(intake, CONTRACT, Way("/tests"), lambda *end: told.append(end))
    await sending.send([item("good", b"a"), item("bad", b"\xff")])
    ends = dict(told)
    assert ends["bad"] is None
    assert ends["good"] is not None
    assert ends["good"].topic == "echo.requests"


async def test_what_became_of_events_is_counted() -> None:
    def count(outcome: str) -> float:
        labels = {"lane": "echo", "outcome": outcome}
        return REGISTRY.get_sample_value("producer_events_total", labels) or 0.0

    before = [count("written"), count("unfit"), count("unacknowledged")]
    await send([item("a", b"a"), item("bad", b"\xff")], MemoryPublisher())
    await send([item("late", b"a")], SayingNo(Unacknowledged("silence")))
    after = [count("written"), count("unfit"), count("unacknowledged")]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 1]


async def test_the_window_holds_back_what_has_no_room_and_lets_a_large_one_pass_alone() -> None:
    window = Window(events=2, most_bytes=10)
    await window.enter(50)
    waiting = asyncio.create_task(window.enter(4))
    await asyncio.sleep(0)
    assert not waiting.done()
    await window.leave(50)
    await asyncio.wait_for(waiting, 5)
    await window.enter(6)
    assert (window.open, window.held) == (2, 10)
