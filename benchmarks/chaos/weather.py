"""Carries a schedule out: at the workers, who are nursed meanwhile, and beside it at the broker."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Event

from benchmarks.chaos.crew import Crew
from benchmarks.chaos.schedule import How, Strike
from local.kafka import Broker

TICK = 0.05


def at_workers(crew: Crew, strikes: Sequence[Strike], settled: Future[float | None]) -> None:
    """Strikes and nurses until everything was done to them and all is settled."""
    started = time.monotonic()
    ahead = sorted(_deeds(crew, strikes), key=lambda deed: deed[0])
    while ahead or not settled.done():
        crew.nurse()
        while ahead and ahead[0][0] <= time.monotonic() - started:
            ahead.pop(0)[1]()
        time.sleep(TICK)


def _deeds(crew: Crew, strikes: Sequence[Strike]) -> Iterator[tuple[float, Callable[[], None]]]:
    for strike in strikes:
        if strike.worker is not None:
            yield strike.at, partial(crew.strike, strike.worker, strike.how)
            if strike.how == How.FROZEN:
                yield strike.at + strike.seconds, partial(crew.thaw, strike.worker)


def at_broker(broker: Broker, strikes: Sequence[Strike], over: Event) -> None:
    """Takes it away for a while, several times; it is there in the end."""
    started = time.monotonic()
    for strike in strikes:
        if strike.worker is None:
            over.wait(max(0.0, strike.at - (time.monotonic() - started)))
            if over.is_set():
                return
            _take_away(broker, strike, over)


def _take_away(broker: Broker, strike: Strike, over: Event) -> None:
    away = {How.TERMINATED: broker.stop, How.KILLED: broker.kill, How.FROZEN: broker.freeze}
    away[strike.how]()
    over.wait(strike.seconds)
    if strike.how == How.FROZEN:
        broker.thaw()
    else:
        broker.start()
