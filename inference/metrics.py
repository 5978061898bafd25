"""Every Prometheus series of `inference`, declared once; labels come from closed sets only."""

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

from inference.tally import Tally

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)

REQUESTS = Counter(
    "inference_requests_total", "Records taken up, whatever became of them.", ["lane"]
)
SUCCESS = Counter("inference_success_total", "Records that got an answer.", ["lane"])
DEAD_LETTERS = Counter(
    "inference_dead_letters_total",
    "Records that were dead-lettered, by reason.",
    ["lane", "reason"],
)
DURATION = Histogram(
    "inference_duration_seconds",
    "From taking a batch up to its answers.",
    ["lane"],
    buckets=SECONDS,
)
STAGE = Histogram(
    "inference_stage_duration_seconds",
    "Time of a batch in one stage: waiting for its turn, reading, answering, publishing.",
    ["lane", "stage"],
    buckets=SECONDS,
)
END_TO_END = Tally(
    "inference_end_to_end_seconds",
    "From a record's timestamp in Kafka to the acknowledgement of what became of it.",
    SECONDS,
    REGISTRY,
)
BATCH_SIZE = Histogram("inference_batch_size", "Records per batch.", ["lane"], buckets=SIZES)
ACTIVE = Gauge("active_inference_tasks", "Batches that are computed right now.", ["lane"])
INFLIGHT_BYTES = Gauge("inference_inflight_bytes", "Bytes of all batches in flight.", ["lane"])
BATCHES = Counter(
    "inference_batches_total",
    "Batches by what happened: carried by an agent, published, or dropped as of an old generation.",
    ["lane", "step"],
)
LAG = Gauge(
    "kafka_consumer_lag",
    "Records of a partition that are not committed yet: end offset less committed offset.",
    ["lane", "topic", "partition"],
)
LAG_SECONDS = Gauge(
    "kafka_consumer_lag_seconds",
    "Age of the oldest record in flight or waiting, as far as this worker has seen it.",
    ["lane"],
)
COMMIT_FAILURES = Counter(
    "kafka_commit_failures_total", "Commits that the broker refused or did not answer in time."
)
REBALANCES = Counter("kafka_consumer_rebalances_total", "Times that partitions were taken away.")
SEEKS = Counter(
    "kafka_seeks_total", "Times that a hole in a partition was looked at again; normally none."
)
GAPS = Counter(
    "kafka_offset_gap_records_total",
    "Offsets without a record: expired before they were read, compacted, or transaction markers.",
)
UNREADABLE = Counter(
    "kafka_unreadable_records_total",
    "Records that the client cannot take apart; each is dead-lettered with a reference.",
)
PUBLISH_RETRIES = Counter(
    "inference_publish_retries_total", "Publications that had to be repeated with a new producer."
)
TRIALS = Counter(
    "inference_trials_total",
    "Batches tried in the child process, by what happened to the child.",
    ["lane", "outcome"],
)
MODEL_INFO = Gauge(
    "inference_model_info",
    "1 for each model in use.",
    ["lane", "rung", "name", "version", "digest"],
)
LAST_SUCCESS = Gauge(
    "last_success_timestamp_seconds", "When a batch was last published, as Unix time.", ["lane"]
)
RUNG_ANSWERS = Counter(
    "inference_rung_answers_total", "Records that a rung answered.", ["lane", "rung"]
)
RUNG_FAILURES = Counter(
    "inference_rung_failures_total",
    "Records that a rung failed on and that went down the ladder, or had no rung left.",
    ["lane", "rung"],
)
RUNG_SECONDS = Histogram(
    "inference_rung_duration_seconds",
    "Time that a rung took for a batch.",
    ["lane", "rung"],
    buckets=SECONDS,
)
BREAKER = Gauge(
    "inference_breaker_state",
    "A rung's circuit breaker: 0 closed, 1 about to be tried, 2 open.",
    ["lane", "rung"],
)
CACHE_HITS = Counter(
    "inference_cache_hits_total",
    "Answers that lay in a tier; `shared`: an equal question was being answered right then.",
    ["lane", "tier"],
)
CACHE_MISSES = Counter(
    "inference_cache_misses_total",
    "Answers that a tier was asked for and did not have; an outage of it counts as that.",
    ["lane", "tier"],
)
CACHE_BYTES = Gauge(
    "inference_cache_bytes",
    "What the answers in a tier weigh (Redis does not say: inference_cache_server_bytes).",
    ["lane", "tier"],
)
CACHE_ENTRIES = Gauge(
    "inference_cache_entries", "Answers in a tier (Redis does not say).", ["lane", "tier"]
)
CACHE_COPIES = Counter(
    "inference_cache_copies_total",
    "Questions that got the answer of one they are much like, without being equal to it.",
    ["lane"],
)
CACHE_SERVER_BYTES = Gauge(
    "inference_cache_server_bytes",
    "Memory of the server that a tier lies in, other lanes' answers and other programs' data "
    "included: the same for all that share it. Not there while it cannot be asked.",
    ["lane", "tier"],
)
CACHE_SERVER_MAX_BYTES = Gauge(
    "inference_cache_server_max_bytes",
    "What that server may hold; not there where it has no bound.",
    ["lane", "tier"],
)
CACHE_DROPPED = Counter(
    "inference_cache_dropped_writes_total",
    "Answers that were not written to a tier: it failed, or more waited than there is room for.",
    ["lane", "tier"],
)
MODEL_MEMORY = Gauge(
    "model_memory_bytes",
    "What the process held more of once a model was open; 0 while it is closed.",
    ["name", "version", "file"],
)
OUT_OF_MEMORY = Counter(
    "model_out_of_memory_total",
    "Batches that had no room in a model's device and were computed in pieces.",
)
AI_CALLS = Counter(
    "external_ai_calls_total",
    "Calls to providers of AI that were made, by how they ended.",
    ["provider", "outcome"],
)
AI_SECONDS = Histogram(
    "external_ai_seconds", "From sending a call to its whole answer.", ["provider"], buckets=SECONDS
)
AI_WAITED = Histogram(
    "external_ai_wait_seconds",
    "What a call has waited for its turn within the limits.",
    ["provider"],
    buckets=SECONDS,
)
AI_WAITING = Gauge(
    "external_ai_waiting", "Calls that wait for their turn within the limits.", ["provider"]
)
AI_DENIED = Counter(
    "external_ai_denied_total",
    "Calls that were not made: the day's budget of tokens or money is spent, or the rate too low "
    "for a call to have its turn in time.",
    ["provider", "kind"],
)
AI_TOKENS = Counter(
    "external_ai_tokens_total", "Tokens that calls took, of input and output.", ["provider", "kind"]
)
AI_COST = Counter(
    "external_ai_cost_total", "What calls cost, by AI_PRICES and in its currency.", ["provider"]
)
AI_BUDGET_LEFT = Gauge(
    "external_ai_budget_left",
    "What is left of this day's budget of tokens or money, less what is reserved.",
    ["kind"],
)
AI_LIMITS_ALONE = Gauge(
    "external_ai_limits_alone",
    "1 while Redis is away and this process keeps to its share of the limits.",
)
