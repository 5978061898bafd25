"""On brokers of its own, of which one is killed and one is frozen."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from flow import flowing
from rig import rigged

from local.kafka import Broker

pytestmark = pytest.mark.kafka

NewBroker = Callable[[], Broker]

FROZEN = 45.0
SOON = 15.0


async def restarted(broker: Broker, folder: Path) -> None:
    """Records flow all the while, and every one is answered."""
    await asyncio.to_thread(broker.start)
    async with rigged(broker.bootstrap, folder) as rig:
        await rig.create_all()
        answers = await rig.listen()
        worker = await rig.worker()
        await worker.until_ready()
        async with flowing(rig) as places:
            await answers.until(lambda a: len(a.came) > 50, 30)
            await asyncio.to_thread(broker.kill)
            await worker.until(lambda said: any(said.values()), 30)
            await asyncio.to_thread(broker.start)
            before = len(answers.came)
            await answers.until(lambda a: len(a.came) > before + 50, 30)
        await answers.to(places)
        assert answers.in_order
        await worker.until_ready(15)
        assert await worker.stop() == 0


@asynccontextmanager
async def frozen(broker: Broker, seconds: float) -> AsyncIterator[None]:
    """Keeps it from answering for so long, whatever the block does meanwhile."""
    since = time.monotonic()
    broker.freeze()
    try:
        yield
        await asyncio.sleep(max(0.0, since + seconds - time.monotonic()))
    finally:
        broker.thaw()


async def hanging(broker: Broker, folder: Path) -> None:
    """Readiness says so, the age alarm does not trip, it goes on soon after; or ends when asked."""
    await asyncio.to_thread(broker.start)
    async with rigged(broker.bootstrap, folder) as rig:
        await rig.create_all()
        answers = await rig.listen()
        worker = await rig.worker(STUCK_AFTER=10, BATCH_CAP=4)
        other = await rig.worker(STUCK_AFTER=10)
        await worker.until_ready()
        await other.until_ready()
        async with flowing(rig, "!slow 0.05", pause=0.1) as places:
            await answers.until(lambda a: len(a.came) > 20, 30)
            async with frozen(broker, FROZEN):
                await worker.until(lambda said: bool(said.get("broker")), 20)
                assert await worker.status("/health/live") == 200
                assert await other.stop(FROZEN) == 0
            before = len(answers.came)
            await answers.until(lambda a: len(a.came) > before + 20, SOON)
        await answers.to(places)
        assert answers.in_order
        assert worker.running
        await worker.until_ready(SOON)


@pytest.mark.timeout(240)
async def test_a_broker_that_restarts_or_hangs_costs_no_record_and_no_worker(
    new_broker: NewBroker, tmp_path: Path
) -> None:
    """At the same time, on two brokers, since most of it is waiting."""
    async with asyncio.TaskGroup() as faults:
        faults.create_task(restarted(new_broker(), tmp_path))
        faults.create_task(hanging(new_broker(), tmp_path))
