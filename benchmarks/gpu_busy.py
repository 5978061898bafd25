"""How busy a GPU is while something runs, and what it is called; asked of NVIDIA's own library."""

import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pynvml

INTERVAL = 0.1


class Card(NamedTuple):
    """A GPU by its name, with its driver."""

    name: str
    driver: str


class Busy:
    """Shares of time in which any kernel ran, filled in while the block runs."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    @property
    def mean(self) -> float | None:
        """Over all that was seen; None where nothing could be."""
        return statistics.mean(self.shares) if self.shares else None


def card(number: int) -> Card | None:
    """The GPU of this number; None where there is none to ask."""
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(number)
        return Card(pynvml.nvmlDeviceGetName(handle), pynvml.nvmlSystemGetDriverVersion())
    except pynvml.NVMLError:
        return None


@contextmanager
def watching(number: int) -> Iterator[Busy]:
    """Looks ten times a second, for as long as the block runs."""
    busy, over = Busy(), threading.Event()
    thread = threading.Thread(target=_look, args=(number, busy, over), daemon=True)
    thread.start()
    try:
        yield busy
    finally:
        over.set()
        thread.join()


def _look(number: int, busy: Busy, over: threading.Event) -> None:
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(number)
        while not over.wait(INTERVAL):
            busy.shares.append(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100)
    except pynvml.NVMLError:
        return
