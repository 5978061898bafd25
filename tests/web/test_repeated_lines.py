import logging

from inference.web.repeats import PAUSE, Repeats


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def said(message: str, *args: object, line: int = 1) -> logging.LogRecord:
    return logging.LogRecord("aiokafka", logging.ERROR, "client.py", line, message, args, None)


def test_the_same_line_is_said_once_and_then_with_the_count() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    assert [repeats.filter(said("no %s", "broker")) for _ in range(4)] == [True] + 3 * [False]
    clock.now += PAUSE
    later = said("no %s", "broker")
    assert repeats.filter(later)
    assert later.getMessage() == "no broker (3 more like this were left out)"


def test_another_place_in_the_code_is_heard_at_once() -> None:
    repeats = Repeats(Clock())
    assert repeats.filter(said("one"))
    assert repeats.filter(said("two", line=2))


def test_what_is_said_now_and_then_is_left_as_it_is() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    assert repeats.filter(said("100% sure"))
    clock.now += PAUSE
    later = said("100% sure")
    assert repeats.filter(later)
    assert later.getMessage() == "100% sure"
