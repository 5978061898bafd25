from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from inference.breaker import Breaker, State

PAUSE = 60.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Callable[[], float], failures: int = 5) -> Breaker:
    breaker = Breaker(failures, PAUSE, clock=clock)
    for _ in range(failures):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(failures=3)
    for outcome in (breaker.failed, breaker.failed, breaker.succeeded, breaker.failed):
        outcome()
    assert breaker.allows()
    breaker.failed()
    breaker.failed()
    assert not breaker.allows()


def test_after_the_pause_a_single_probe_is_let_through() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += PAUSE
    assert [breaker.allows() for _ in range(3)] == [True, False, False]


def test_a_probe_that_succeeds_closes_it() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += PAUSE
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_a_probe_that_fails_opens_it_for_another_pause() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += PAUSE
    assert breaker.allows()
    breaker.failed()
    clock.now += PAUSE - 1
    assert not breaker.allows()
    assert breaker.rest == 1


def test_after_a_probe_that_was_cancelled_another_one_may_come() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += PAUSE
    assert breaker.allows()
    breaker.released()
    assert breaker.allows()


def test_what_cannot_be_judged_is_not_counted() -> None:
    breaker = Breaker(failures=1)
    for _ in range(10):
        assert breaker.allows()
        breaker.released()
    assert breaker.state is State.CLOSED


def test_failures_that_were_under_way_when_it_opened_do_not_prolong_the_pause() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += PAUSE / 2
    breaker.failed()
    assert breaker.rest == PAUSE / 2


def test_late_news_do_not_end_a_probe_nor_let_a_second_one_in() -> None:
    clock = Clock()
    breaker = broken(clock)
    era = 0
    clock.now += PAUSE
    assert breaker.allows()
    breaker.released(era)
    assert not breaker.allows()
    breaker.failed(era)
    assert breaker.state is State.HALF_OPEN


def test_whoever_shows_its_state_hears_of_each_change_once() -> None:
    clock, heard = Clock(), list[State]()
    breaker = Breaker(1, PAUSE, heard.append, clock)
    breaker.failed()
    breaker.failed()
    clock.now += PAUSE
    assert breaker.allows()
    breaker.succeeded()
    assert heard == [State.OPEN, State.HALF_OPEN, State.CLOSED]


@given(st.lists(st.sampled_from(["ask", "succeed", "fail", "release", "wait"]), max_size=60))
def test_nobody_gets_through_an_open_one_and_never_two_probes_at_once(acts: list[str]) -> None:
    clock = Clock()
    breaker, probing = Breaker(2, PAUSE, clock=clock), False
    for act in acts:
        if act == "wait":
            clock.now += PAUSE / 2
        elif act == "ask":
            was_closed = breaker.state is State.CLOSED
            allowed = breaker.allows()
            assert not (allowed and probing and not was_closed)
            probing = probing or (allowed and not was_closed)
        else:
            {"succeed": breaker.succeeded, "fail": breaker.failed, "release": breaker.released}[
                act
            ]()
            probing = False
