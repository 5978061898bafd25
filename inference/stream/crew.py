"""The Faust app: N agents on a channel, each carrying one whole batch at a time.

Faust's own consumer and producer stay off: they lose records and cost 200 us each.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import faust

from inference.errors import Fatal
from inference.stream.batch import Batch

Carry = Callable[[Batch], Awaitable[None]]


class WithoutKafka(faust.App.BootStrategy):  # type: ignore[valid-type,misc] # a class attribute
    """No consumer, no producer, no conductor, no tables."""

    enable_kafka = False


class CrewApp(faust.App):
    """A Faust app whose records come through a channel."""

    BootStrategy = WithoutKafka


class Crew:
    """Agents at work; the first failure of one of them is the end of the process."""

    def __init__(self, channel: Any, carry: Carry) -> None:  # noqa: ANN401 - faust has no types
        self._channel, self._carry = channel, carry
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def hand_on(self, batch: Batch) -> None:
        """Returns when an agent has taken the batch before it."""
        await self._channel.send(value=batch)

    async def attend(self, batches: faust.StreamT[Batch]) -> None:
        """The agents' body: nothing may escape it, or Faust would drop a batch in silence."""
        async for batch in batches:
            task = asyncio.ensure_future(self._carry(batch))
            await asyncio.wait([task])
            # Nobody here cancels it: a batch that was lost is the end of the process, too.
            error = Fatal("a batch was cancelled") if task.cancelled() else task.exception()
            if error is not None and not self.failed.done():
                self.failed.set_exception(error)


@asynccontextmanager
async def crew(name: str, size: int, carry: Carry) -> AsyncIterator[Crew]:
    """A crew of so many agents, started; ended when the block is left."""
    app = CrewApp(
        name,
        broker="kafka://not-used",
        datadir=Path(tempfile.gettempdir(), "penstock-faust"),  # for tables; there are none
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    channel = app.channel(maxsize=1)
    members = Crew(channel, carry)
    app.agent(channel, concurrency=size, name=name)(members.attend)
    await app.start()
    # Without this the channel never delivers: Faust waits for a consumer that is switched off.
    app.flow_control.resume()
    try:
        yield members
    finally:
        await app.stop()
