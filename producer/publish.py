"""Events to Kafka: idempotent, acknowledged by every replica in sync, one connection at a time.

A record that the broker refuses for good has used up a sequence number, and everything later to
its partition fails with it; so after any failed delivery the connection is replaced by a new one.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from aiokafka.errors import KafkaError

from inference.kafka import KafkaSettings
from producer.connection import FOR_GOOD, TOO_LARGE, Acknowledged, Connection
from producer.event import Event, Written
from producer.failures import Refused, TooLarge, Unacknowledged, Unsent

# Nobody waits any more for what is still on its way when a publisher ends.
CLOSE_LIMIT = 3.0


class Publisher(Protocol):
    """Puts events on their topics."""

    async def publish(self, event: Event) -> Written:
        """Where the event is, once it is safe; raises Refused, Unsent or Unacknowledged."""
        ...

    def checks(self) -> Mapping[str, str | None]:
        """Whether events can be published now, for readiness."""
        ...


class KafkaPublisher:
    """Publishes within a time limit, whatever the broker does."""

    def __init__(self, connection: Connection, keeping: asyncio.Task[None], limit: float) -> None:
        self._connection, self._keeping, self._limit = connection, keeping, limit

    async def publish(self, event: Event) -> Written:
        """Where the event is, once every replica in sync has it."""
        deadline = asyncio.get_running_loop().time() + self._limit
        while True:
            pending = await self._hand_over(event, deadline)
            try:
                async with asyncio.timeout_at(deadline):
                    place = await asyncio.shield(pending)
            except TimeoutError:
                raise Unacknowledged(self._unacknowledged(event)) from None
            except FOR_GOOD as error:
                raise _refusal(event, error) from error
            except KafkaError:
                continue  # not written: the broker said so, of this event or of one before it
            return Written(
                event.id, event.source, event.lane, event.topic, place.partition, place.offset
            )

    def checks(self) -> Mapping[str, str | None]:
        """Whether the broker is there and has the topics."""
        return self._connection.checks()

    def live(self) -> Mapping[str, str | None]:
        """Whether a lost connection would be opened again, for liveness."""
        ended = self._keeping.done()
        return {"connection": "nobody looks after it any more" if ended else None}

    async def connected(self) -> None:
        """Raises Unsent where the first try to reach the broker failed, or a topic is missing."""
        await self._connection.tried.wait()
        if wrong := self._wrong():
            raise Unsent(wrong)

    async def _hand_over(self, event: Event, deadline: float) -> asyncio.Future[Acknowledged]:
        """Gives the event to the client; whoever stops waiting for this has not sent it."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._connection.send(event)
        except TimeoutError:
            raise Unsent(self._wrong() or self._silent()) from None
        except FOR_GOOD as error:
            raise _refusal(event, error) from error

    def _wrong(self) -> str:
        return "; ".join(sentence for sentence in self.checks().values() if sentence)

    def _unacknowledged(self, event: Event) -> str:
        return (
            f"{self._silent()}; the event may still be written, and sending it again with "
            f"the id {event.id} and the source {event.source} is safe"
        )

    def _silent(self) -> str:
        return f"the broker did not answer within {self._limit:g} s (ACKNOWLEDGE_TIMEOUT)"


@asynccontextmanager
async def publishing(
    kafka: KafkaSettings, topics: Sequence[str], most_bytes: int, limit: float
) -> AsyncIterator[KafkaPublisher]:
    """A publisher to these topics; its sender waits at most `limit` seconds for each event."""
    connection = Connection(kafka.client_options(), topics, most_bytes)
    keeping = asyncio.create_task(connection.keep(), name="broker connection")
    keeping.add_done_callback(lambda _: connection.tried.set())
    try:
        yield KafkaPublisher(connection, keeping, limit)
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])
        await connection.close(CLOSE_LIMIT)


def _refusal(event: Event, error: KafkaError) -> Refused:
    if isinstance(error, TOO_LARGE):
        return TooLarge(event.topic, len(event.content.data))
    return Refused(f"this user may not write to {event.topic} ({type(error).__name__})")
