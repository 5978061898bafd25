"""Every series of the producer, a sentence each. Labels come from closed sets only."""

from enum import StrEnum

from prometheus_client import Counter, Histogram


class Outcome(StrEnum):
    """What became of an event that was handed in."""

    WRITTEN = "written"
    UNFIT = "unfit"
    REFUSED = "refused"
    UNSENT = "unsent"
    UNACKNOWLEDGED = "unacknowledged"


EVENTS = Counter(
    "producer_events_total",
    "Events handed in, by what became of them.",
    ["lane", "outcome"],
)
EVENT_BYTES = Histogram(
    "producer_event_bytes",
    "Size of the events that the broker acknowledged.",
    ["lane"],
    buckets=[4.0**power for power in range(3, 13)],
)
ACKNOWLEDGE_SECONDS = Histogram(
    "producer_acknowledge_seconds",
    "From handing an event in until the broker acknowledged it.",
    ["lane"],
    buckets=[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
)
CONNECTIONS = Counter(
    "producer_connections_total",
    "Times that a connection to the broker was opened; more than one means that it was replaced.",
)
