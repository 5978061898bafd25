"""How a connection ends whose sender is still sending: it must first have heard the answer.

Closing at once would throw away what the sender has not read yet, and most read only when they have
sent everything. So the answer goes out, the rest is heard and thrown away, and then it is closed.
"""

import asyncio
from contextlib import suppress

from inference.web.guard.incoming import Incoming

_MOST = 16 * 1024 * 1024
# Who waits for a turn holds little: a connection, and what came of a body before it was refused.
_SECONDS = 30.0
# The others wait, held back by TCP: reading from hundreds at once would keep the loop from
# everything else.
_AT_ONCE = 16


class Leaving:
    """Hears senders out, a few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hear_out(self, incoming: Incoming) -> None:
        """Returns when the rest has come, or there is too much of it, or it takes too long."""
        if incoming.waits or incoming.late:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS), self._turn:
                await incoming.hear_out(_MOST)
