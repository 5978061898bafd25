"""What one test of faults needs: three topics of its own, workers, a sender, the answers."""

import json
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from answers import Answers, Place
from workers import WorkerProcess

from local import topics

Settings = str | float


class Rig:
    """One lane on one broker; whatever it starts ends with it."""

    def __init__(self, bootstrap: str, folder: Path, lane: str = "echo") -> None:
        name = uuid4().hex[:8]
        self.bootstrap, self.folder, self.lane, self.group = (
            bootstrap,
            folder,
            lane,
            f"group-{name}",
        )
        self.requests, self.results, self.dead = f"in-{name}", f"out-{name}", f"dead-{name}"
        self.workers: list[WorkerProcess] = []
        self.answers = Answers(bootstrap, self.results, self.dead)
        self.ends = AsyncExitStack()
        self._sender: AIOKafkaProducer | None = None

    async def create(self, topic: str, partitions: int = 4, **settings: Settings) -> None:
        """One of its topics; `max_message_bytes=9` is the topic's `max.message.bytes`."""
        said = {name.replace("_", "."): str(value) for name, value in settings.items()}
        await topics.create(self.bootstrap, [topic], partitions, said)

    async def create_all(self, partitions: int = 4) -> None:
        await topics.create(self.bootstrap, [self.requests, self.results, self.dead], partitions)

    async def listen(self) -> Answers:
        """The answers, from the first one on."""
        await self.answers.start()
        self.ends.push_async_callback(self.answers.stop)
        return self.answers

    async def sender(self) -> AIOKafkaProducer:
        """A producer to the broker, always the same."""
        if self._sender is None:
            self._sender = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap, enable_idempotence=True, linger_ms=5
            )
            await self._sender.start()
            self.ends.push_async_callback(self._sender.stop)
        return self._sender

    async def send(
        self, values: Iterable[str | bytes], partitions: Sequence[int] = (0,)
    ) -> list[Place]:
        """Sends them to these partitions in turn; gives the place of each, once it is there."""
        producer = await self.sender()
        pending = []
        for number, value in enumerate(values):
            data = value.encode() if isinstance(value, str) else value
            partition = partitions[number % len(partitions)]
            pending.append(await producer.send(self.requests, data, partition=partition))
        placed = [await future for future in pending]
        return [(place.partition, place.offset) for place in placed]

    async def worker(self, **settings: Settings) -> WorkerProcess:
        """Starts one; settings by the names of their environment variables."""
        number = len(self.workers)
        own = {name: str(value) for name, value in settings.items()}
        worker = WorkerProcess(
            self.lane, self._settings() | own, self.folder / f"{self.group}-{number}.log"
        )
        self.workers.append(worker)
        await worker.start()
        self.ends.push_async_callback(worker.kill)
        return worker

    def _settings(self) -> dict[str, str]:
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "KAFKA_GROUP": self.group,
            "KAFKA_SESSION_TIMEOUT": "3",
            "REQUESTS_TOPICS": json.dumps({self.lane: self.requests}),
            "RESULTS_TOPIC": self.results,
            "DEAD_LETTERS_TOPIC": self.dead,
            "WORKERS": "2",
            "DRAIN_TIMEOUT": "5",
        }


@asynccontextmanager
async def rigged(bootstrap: str, folder: Path, lane: str = "echo") -> AsyncIterator[Rig]:
    """A rig that ends all it has started."""
    rig = Rig(bootstrap, folder, lane)
    async with rig.ends:
        yield rig
    for worker in rig.workers:
        # Shown by pytest where the test has failed.
        sys.stdout.write(worker.log.read_text()[-5000:])
