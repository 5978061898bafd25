"""Every series of the producer, a sentence each. Labels come from closed sets only."""

from enum import StrEnum

from prometheus_client import Counter, Gauge, Histogram


class Outcome(StrEnum):
    """What became of an event that was handed in."""

    WRITTEN = "written"
    UNFIT = "unfit"
    REFUSED = "refused"
    UNSENT = "unsent"
    UNACKNOWLEDGED = "unacknowledged"


class Fetch(StrEnum):
    """What became of a look at a feed or search."""

    READ = "read"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed-out"
    TOO_LARGE = "too-large"
    FAILED = "failed"
    UNREADABLE = "unreadable"


class Fate(StrEnum):
    """What became of an entry of a feed or search; found is every one of them."""

    FOUND = "found"
    SEEN = "seen"
    SENT = "sent"


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
FETCHES = Counter(
    "producer_fetches_total",
    "Looks at feeds and searches, by what became of them.",
    ["outcome"],
)
FETCH_SECONDS = Histogram(
    "producer_fetch_seconds",
    "From asking for a feed or search until its entries were known.",
    buckets=[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
)
ENTRIES = Counter(
    "producer_entries_total",
    "Entries found in feeds and searches, those seen before, and those sent.",
    ["lane", "fate"],
)
LEFT_ALONE = Gauge(
    "producer_sources_left_alone",
    "Hosts and feeds that failed last time and are asked less often.",
)
