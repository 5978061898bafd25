"""`python -m benchmarks.chaos.flaky_worker`: a worker like any other, with faults injected.

Everything in it is the product's but the producer, which is wrapped, and the lane, which is flaky.
"""

import os
import sys

import structlog

from benchmarks.chaos.flaky_lane.contract import CONTRACT
from benchmarks.chaos.flaky_lane.settings import Faults
from benchmarks.chaos.flaky_producer import flaky
from inference.cache.settings import CacheSettings
from inference.kafka import KafkaSettings, Topics
from inference.opening import Means
from inference.settings import (
    ControlSettings,
    LadderSettings,
    LogSettings,
    ReaderSettings,
    WorkerSettings,
)
from inference.stream import clients
from inference.stream.state import Setup
from inference.stream.worker import work
from inference.web import logs
from inference.web.running import run

log = structlog.get_logger(__name__)

LEAST = 1_000_000
EXIT_CRASHED = 3


def main() -> None:
    """Carry the records of the flaky lane until asked to stop; end as the product does."""
    code = EXIT_CRASHED
    logs.configure(LogSettings().log_level, as_json=True)
    try:
        run(_work(Faults()))
        code = 0
    finally:
        if code:
            log.critical("crashed", exc_info=sys.exception())
        sys.stderr.flush()
        os._exit(code)


async def _work(faults: Faults) -> None:
    setup = Setup(
        KafkaSettings(),
        Topics(),
        ReaderSettings(),
        WorkerSettings(),
        Means(LadderSettings(), CacheSettings()),
        ControlSettings(),
    )
    opening = clients.producers(setup.kafka, setup.reader, LEAST)
    await work(CONTRACT.lane, setup, flaky(opening, faults.chances("sends"), faults.sends))


if __name__ == "__main__":
    main()
