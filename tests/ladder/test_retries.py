import time

import pytest

from inference.errors import Transient
from inference.ladder import Terms
from inference.retries import retried


class Moody:
    def __init__(self, failures: int, error: type[Exception] = Transient) -> None:
        self.left, self.error, self.calls = failures, error, 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "answer"


def soon(seconds: float = 60.0) -> float:
    return time.monotonic() + seconds


async def test_what_asks_to_be_tried_again_is() -> None:
    moody = Moody(2)
    assert await retried(moody, Terms(attempts=3), soon()) == "answer"
    assert moody.calls == 3


async def test_after_the_last_attempt_it_says_how_many_there_were() -> None:
    with pytest.raises(Transient) as raised:
        await retried(Moody(9), Terms(attempts=3), soon())
    assert raised.value.attempts == 3


async def test_whatever_else_is_raised_is_not_tried_again() -> None:
    moody = Moody(1, ValueError)
    with pytest.raises(ValueError):  # noqa: PT011 - the type is what matters
        await retried(moody, Terms(attempts=3), soon())
    assert moody.calls == 1


async def test_nothing_is_tried_again_beyond_the_deadline() -> None:
    moody = Moody(9)
    with pytest.raises(Transient):
        await retried(moody, Terms(attempts=9), soon(0))
    assert moody.calls == 1
