"""What a worker holds while it runs, and what it says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from inference.kafka import KafkaSettings, Topics
from inference.lane import BatchPolicy, Lane
from inference.opening import Means
from inference.settings import ReaderSettings, WorkerSettings
from inference.stream.assignment import Assignment
from inference.stream.flight import Flight
from inference.stream.gate import Gate
from inference.stream.publisher import Publisher
from inference.web.applications import application

START = "start"


@dataclass(frozen=True)
class Setup:
    """Everything that can be set for a worker."""

    kafka: KafkaSettings
    topics: Topics
    reader: ReaderSettings
    worker: WorkerSettings
    means: Means


class WorkerState:
    """One worker's batches in flight, its gate and its publisher."""

    def __init__(self, lane: Lane[Any, Any], setup: Setup) -> None:
        self.lane, self.setup = lane, setup
        self.name = lane.contract.lane
        self.topic = setup.topics.requests(self.name)
        self.group = setup.reader.group or f"penstock.{self.name}"
        self.policy = _policy(lane.policy, setup.worker)
        # A batch that computes, and the next one: no thread waits for the loop between the two.
        self.at_hand = 2 * setup.worker.workers
        # Beside those, some that wait for their turn or for the broker's acknowledgement.
        self.agents = self.at_hand + setup.worker.workers
        # Twice what can be in flight: as far as a successor looks for a record that kills.
        self.flight = Flight(
            Assignment(horizon=2 * self.policy.cap * (self.agents + 2)),
            setup.worker.inflight_bytes,
        )
        self.gate = Gate()
        self.gate.close(START, "the lane is being opened")
        self.publisher: Publisher | None = None
        self._silence: str | None = None

    @property
    def starting(self) -> bool:
        """Not everything is open yet; nothing has been read."""
        return START in self.gate.reasons

    def started(self) -> None:
        """Everything is open."""
        self.gate.open(START)

    def hears(self, silence: str | None) -> None:
        """What is wrong with the broker's answers, or that they come."""
        self._silence = silence

    def live(self) -> Mapping[str, str | None]:
        """The loop turns, since this is answered; and no batch computes for ever."""
        age = self.flight.oldest()
        stuck = age > self.setup.worker.stuck_after
        return {"batches": f"a batch has been computing for {age:.0f} s" if stuck else None}

    def ready(self) -> Mapping[str, str | None]:
        """Opened, a member of the group, and nothing keeps it from reading or publishing."""
        trouble = self.publisher.trouble if self.publisher else None
        joined = None if self.flight.joined else "not yet a member of the consumer group"
        own = {"group": joined, "broker": self._silence, "publishing": trouble}
        return {**own, **self.gate.reasons}

    def app(self) -> FastAPI:
        """Health and metrics."""
        return application("Penstock: worker", f"Carries {self.name}.", self.live, self.ready)


def _policy(policy: BatchPolicy, settings: WorkerSettings) -> BatchPolicy:
    linger = settings.batch_linger
    return BatchPolicy(
        settings.batch_cap or policy.cap,
        settings.batch_bytes or policy.bytes,
        policy.linger if linger is None else linger,
    )
