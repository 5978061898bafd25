import asyncio

from producer.sources.pauses import Pauses, spread


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_each_failure_in_a_row_doubles_the_pause_up_to_the_longest() -> None:
    pauses, lengths = Pauses(Clock(), first=10, longest=100), []
    for _ in range(40):
        pauses.failed("host")
        lengths.append(pauses.left("host"))
    for length, expected in zip(lengths, [10, 20, 40, 80, *[100] * 36], strict=True):
        assert expected * 0.9 <= length <= expected * 1.1


def test_a_success_ends_it_and_others_are_not_concerned() -> None:
    pauses = Pauses(Clock(), first=10)
    pauses.failed("host")
    pauses.failed("other")
    pauses.went_well("host")
    assert pauses.left("host") == 0
    assert pauses.left("other") > 0
    pauses.failed("host")
    assert pauses.left("host") <= 11


def test_who_asks_for_patience_gets_it_up_to_the_longest() -> None:
    pauses = Pauses(Clock(), first=10, longest=100)
    for asked, expected in ((50.0, 50.0), (1e9, 100.0)):
        pauses.went_well("host")
        pauses.failed("host", asked)
        assert pauses.left("host") == expected


def test_a_pause_passes() -> None:
    clock = Clock()
    pauses = Pauses(clock, first=10)
    pauses.failed("host")
    clock.now += 12
    assert pauses.left("host") == 0


async def test_a_host_is_asked_one_question_at_a_time() -> None:
    pauses, together, most = Pauses(Clock()), 0, 0

    async def ask(name: str) -> None:
        nonlocal together, most
        async with pauses.turn(name):
            together += 1
            most = max(most, together)
            await asyncio.sleep(0)
            together -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(ask("host"))
    assert most == 1


def test_what_began_together_does_not_stay_together() -> None:
    lengths = {spread(100) for _ in range(50)}
    assert len(lengths) > 40
    assert all(90 <= length <= 110 for length in lengths)
