"""What a worker holds while it runs, and what it says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI

from inference.control import Lag, Program
from inference.kafka import KafkaSettings, Topics
from inference.lane import BatchPolicy, Caps, Lane
from inference.opening import Means, Opened
from inference.posts.post import Post, View
from inference.posts.station import Station
from inference.settings import ControlSettings, ReaderSettings, WorkerSettings
from inference.stream.assignment import Assignment
from inference.stream.flight import Flight
from inference.stream.gate import Gate
from inference.stream.publisher import Publisher
from inference.swap import Swap
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
    control: ControlSettings


class WorkerState:
    """One worker's batches in flight, its gate and its publisher."""

    def __init__(self, lane: Lane[Any, Any], setup: Setup) -> None:
        self.policy = _policy(lane.policy, setup.worker)
        self.lane, self.setup = replace(lane, policy=self.policy), setup
        self.name = lane.contract.lane
        self.topic = setup.topics.requests(self.name)
        self.group = setup.reader.group or f"penstock.{self.name}"
        # A batch that computes, and the next one: no thread waits for the loop between the two.
        self.at_hand = 2 * self.policy.at_once
        # Beside those, some that wait for their turn or for the broker's acknowledgement.
        self.agents = self.at_hand + self.policy.at_once
        self.flight = Flight(
            Assignment(self._horizon(self.policy.cap)),
            setup.worker.inflight_bytes,
        )
        self.gate = Gate()
        self.gate.close(START, "the lane is being opened")
        self.publisher: Publisher | None = None
        self.swap: Swap[Any, Any] | None = None
        self._silence: str | None = None
        self._lag: Lag | None = None

    @property
    def caps(self) -> Caps:
        """Most records of a batch, at this moment."""
        return self.policy.caps(self.swap.ladder.caps if self.swap else None)

    def settle_caps(self) -> Caps:
        """The same for the next batch; a successor will look as far as such batches reach."""
        caps, assignment = self.caps, self.flight.assignment
        assignment.horizon = max(assignment.horizon, self._horizon(caps.backlog))
        return caps

    def _horizon(self, cap: int) -> int:
        """Twice what can be in flight: as far as a successor looks for a record that kills."""
        return 2 * cap * (self.agents + 2)

    @property
    def starting(self) -> bool:
        """Not everything is open yet; nothing has been read."""
        return START in self.gate.reasons

    def started(self) -> None:
        """Everything is open."""
        self.gate.open(START)

    def hears(self, lag: Lag | None, silence: str | None) -> None:
        """How much waits, if the broker says so, and what is wrong with its answers."""
        self._lag, self._silence = lag, silence

    def station(self, opened: Opened) -> Station:
        """How the open lane is seen and commanded from outside."""
        view = View(self.ready, lambda: self.flight.count, lambda: self._lag, self.gate)
        return Station(Program.WORK, [Post(opened, view)], self.setup.control.status_interval)

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
    bounded = policy.bounded(settings.batch_cap, settings.batch_bytes, settings.workers)
    return bounded if linger is None else replace(bounded, linger=linger)
