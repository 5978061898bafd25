import asyncio
import time

from prometheus_client import REGISTRY
from rungs import Rung, Said

from inference.breaker import State
from inference.contract import Level, Reason, Rejection
from inference.ladder import WAITING_SINCE, Answered, Ladder, Outcome, Terms, Waits

FAST = Terms(attempts=1, failures=2, pause=0.05)


def ladder(*rungs: Rung, terms: Terms = FAST) -> Ladder[str, Said]:
    return Ladder("test", rungs, terms)


def by(outcome: Outcome[Said]) -> tuple[str, bool]:
    assert isinstance(outcome, Answered)
    return outcome.answer.by, outcome.how.degraded


async def waits(climb: Ladder[str, Said], *questions: str) -> str:
    """Asks, and gives why all of them wait."""
    [why] = set(await climb.answer(questions))
    assert isinstance(why, Waits)
    return why.why


async def test_the_best_rung_answers() -> None:
    [outcome] = await ladder(Rung(), Rung(Level.LIGHT)).answer(["a"])
    assert by(outcome) == ("full", False)


async def test_a_question_that_a_rung_fails_on_goes_down_alone_and_order_is_kept() -> None:
    full, light = Rung(), Rung(Level.LIGHT)
    outcomes = await ladder(full, light).answer(["a", "not by full", "b"])
    assert [by(o) for o in outcomes] == [("full", False), ("light", True), ("full", False)]
    assert light.asked == [["not by full"]]


async def test_a_question_at_fault_goes_no_further() -> None:
    light = Rung(Level.LIGHT)
    [outcome] = await ladder(Rung(), light).answer(["refuse me"])
    assert isinstance(outcome, Rejection)
    assert not light.asked


async def test_where_every_rung_fails_on_a_question_its_neighbours_are_answered() -> None:
    outcomes = await ladder(Rung()).answer(["a", "not by full"])
    assert by(outcomes[0]) == ("full", False)
    assert isinstance(outcomes[1], Rejection)
    assert outcomes[1].reason is Reason.DEFECT


async def test_a_rung_that_fails_again_and_again_is_left_alone_and_the_next_one_answers() -> None:
    full = Rung(mood="transient")
    climb = ladder(full, Rung(Level.LIGHT))
    for _ in range(5):
        [outcome] = await climb.answer(["a"])
        assert by(outcome) == ("light", True)
    assert len(full.asked) == 2
    assert climb.places[0].breaker.state is State.OPEN


async def test_when_no_rung_is_left_the_caller_is_asked_to_wait_and_told_why() -> None:
    why = await waits(ladder(Rung(mood="unavailable")), "a")
    assert "full is tried again in 0 s (the tap is shut)" in why


async def test_after_a_probe_that_succeeds_everything_is_answered_again() -> None:
    full = Rung(mood="transient")
    climb = ladder(full)
    for _ in range(4):
        await waits(climb, "a")
    full.mood = "well"
    await asyncio.sleep(FAST.pause)
    assert by((await climb.answer(["a"]))[0]) == ("full", False)
    assert climb.places[0].breaker.state is State.CLOSED


async def test_where_others_succeed_while_a_question_waits_the_fault_lies_in_it() -> None:
    full = Rung(mood="transient")
    climb = ladder(full, terms=Terms(attempts=3, failures=9))
    await waits(climb, "a")
    WAITING_SINCE.set(time.monotonic())
    full.mood = "well"
    await climb.answer(["another one"])
    full.mood = "transient"
    [outcome] = await climb.answer(["a"])
    assert isinstance(outcome, Rejection)
    assert (outcome.reason, outcome.attempts) == (Reason.EXHAUSTED, 3)


async def test_a_success_that_began_before_proves_nothing() -> None:
    full = Rung()
    climb = ladder(full, terms=Terms(attempts=1, failures=9))
    await climb.answer(["another one"])
    WAITING_SINCE.set(time.monotonic())
    full.mood = "transient"
    await waits(climb, "a")


async def test_what_a_probe_fails_on_waits_be_it_a_defect_of_the_rung() -> None:
    climb = ladder(Rung(mood="broken"))
    for _ in range(2):
        outcomes = await climb.answer(["a", "b"])
        assert all(isinstance(outcome, Rejection) for outcome in outcomes)
    await asyncio.sleep(FAST.pause)
    await waits(climb, "a", "b")


async def test_a_question_that_a_lesser_rung_fails_on_does_not_hold_its_neighbours() -> None:
    climb = ladder(Rung(mood="transient"), Rung(Level.LIGHT))
    outcomes = await climb.answer(["a", "not by light", "b"])
    assert [isinstance(outcome, Answered) for outcome in outcomes] == [True, False, True]


async def test_a_batch_is_one_failure_at_most_and_none_where_anything_of_it_succeeded() -> None:
    full = Rung()
    climb = ladder(full, Rung(Level.LIGHT))
    for _ in range(5):
        await climb.answer(["a", "not by full", "b"])
    assert climb.places[0].breaker.state is State.CLOSED
    full.mood = "broken"
    await climb.answer(["a", "b", "c"])
    assert climb.places[0].breaker.state is State.CLOSED


async def test_refused_questions_say_nothing_about_the_rung() -> None:
    full = Rung()
    climb = ladder(full)
    for _ in range(5):
        await climb.answer(["refuse me"])
    assert climb.places[0].breaker.state is State.CLOSED


async def test_what_a_rung_will_not_answer_goes_down_and_says_nothing_about_the_rung() -> None:
    climb = ladder(Rung(), Rung(Level.LIGHT))
    for _ in range(5):
        [outcome] = await climb.answer(["full declines"])
        assert by(outcome) == ("light", True)
    assert climb.places[0].breaker.state is State.CLOSED
    [outcome] = await ladder(Rung()).answer(["full declines"])
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.DECLINED


async def test_a_cancelled_probe_leaves_the_way_free_for_another_one() -> None:
    full = Rung(mood="transient")
    climb = ladder(full)
    for _ in range(2):
        await waits(climb, "a")
    await asyncio.sleep(FAST.pause)
    full.mood = "slow"
    probe = asyncio.create_task(climb.answer(["a"]))
    await asyncio.sleep(0.01)
    probe.cancel()
    await asyncio.wait([probe])
    full.mood = "well"
    assert by((await climb.answer(["a"]))[0]) == ("full", False)


async def test_a_rung_that_takes_too_long_is_given_up() -> None:
    terms = Terms(attempts=1, timeout=0.01)
    [outcome] = await ladder(Rung(mood="slow"), Rung(Level.LIGHT), terms=terms).answer(["a"])
    assert by(outcome) == ("light", True)


async def test_nothing_below_the_floor_ever_answers() -> None:
    basic = Rung(Level.BASIC)
    climb = ladder(Rung(mood="broken"), basic, terms=Terms(attempts=1, floor=Level.LIGHT))
    [outcome] = await climb.answer(["a"])
    assert isinstance(outcome, Rejection)
    assert not basic.asked


async def test_a_lane_without_any_rung_waits() -> None:
    assert "this lane has none" in await waits(ladder(), "a")


async def test_metrics_say_who_answered_who_failed_and_which_breaker_is_open() -> None:
    def value(name: str, rung: str) -> float:
        return REGISTRY.get_sample_value(name, {"lane": "shown", "rung": rung}) or 0

    climb = Ladder("shown", [Rung(mood="broken"), Rung(Level.LIGHT)], FAST)
    climb.show(shown=True)
    for _ in range(2):
        await climb.answer(["a", "b"])
    assert value("inference_rung_failures_total", "full") == 4
    assert value("inference_rung_answers_total", "light") == 4
    assert value("inference_breaker_state", "full") == 2
    assert value("inference_breaker_state", "light") == 0
