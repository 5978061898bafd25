import asyncio

from consumer.condition import Condition
from consumer.waiting import let_go, pause, unless


def test_a_write_that_hangs_makes_the_process_one_to_restart() -> None:
    condition = Condition(stuck_after=0.0)
    with condition.writing():
        assert "at the store for" in (condition.live()["writer"] or "")
    assert condition.live() == {"writer": None}


def test_somebody_who_is_away_is_no_reason_for_a_restart() -> None:
    condition = Condition(60)

    assert all(condition.ready()[name] for name in ("broker", "store"))
    assert not any(condition.live().values())


async def test_work_is_cancelled_and_cleaned_up_when_stopped() -> None:
    stop, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    asyncio.get_running_loop().call_soon(stop.set)
    await asyncio.wait_for(unless(stop.wait(), work()), 5)
    assert ended.is_set()


async def test_a_pause_ends_when_stopped() -> None:
    stop = asyncio.Event()
    stop.set()

    await asyncio.wait_for(pause(stop, 3600), 5)


class Client:
    """A client of Kafka that ends in one of its ways."""

    def __init__(self, end: BaseException) -> None:
        self.end = end

    async def stop(self) -> None:
        raise self.end


async def test_a_client_that_ends_badly_is_let_go() -> None:
    await let_go(Client(asyncio.CancelledError()))
    await let_go(Client(ConnectionError()))
