"""Every Prometheus series of the consumer, declared once; labels come from closed sets only."""

from prometheus_client import Counter, Gauge, Histogram

RECORDS = Counter(
    "consumer_records_total",
    "Records read, by what became of them: stored, replaced (a better answer), repeated, "
    "unreadable.",
    ["topic_kind", "outcome"],
)
DEAD_LETTERS = Counter(
    "consumer_dead_letters_total", "Dead letters stored, each once.", ["lane", "reason"]
)
STORE_SECONDS = Histogram(
    "consumer_store_seconds",
    "Time that the store took to keep a batch.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
BATCH_SIZE = Histogram(
    "consumer_batch_size",
    "Records that were stored at once.",
    buckets=(1, 4, 16, 64, 256, 1024, 4096),
)
STORE_FAILURES = Counter(
    "consumer_store_failures_total",
    "Times that the store did not take a batch and was tried again.",
)
COMMIT_FAILURES = Counter(
    "consumer_commit_failures_total", "Commits that the broker refused or did not answer in time."
)
LAG = Gauge(
    "consumer_lag",
    "Records of a partition that are not stored yet: end offset less committed offset.",
    ["topic", "partition"],
)
EXPIRED = Counter(
    "consumer_expired_records_total",
    "Records that Kafka deleted before they were stored: its retention is too short.",
    ["topic"],
)
WAITING = Gauge("consumer_waiting_readers", "HTTP requests that wait for a result.")
REPLAYS = Counter("consumer_replays_total", "Dead letters replayed over HTTP.", ["outcome"])
ASKED_AGAIN = Counter(
    "consumer_asked_again_total",
    "Questions answered below full that were asked again over HTTP.",
    ["outcome"],
)
DELETED = Counter("consumer_deleted_rows_total", "Rows deleted by age.", ["table"])
UNCOUNTED = Counter(
    "consumer_uncounted_results_total",
    "Results stored without being counted: the lane's figures could not be made of them.",
    ["lane"],
)
BURSTS = Counter("consumer_bursts_total", "Bursts found, each once.", ["lane"])
LOOK_SECONDS = Histogram(
    "consumer_burst_look_seconds",
    "Time that a look for bursts took, of one lane and the windows that had changed.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
