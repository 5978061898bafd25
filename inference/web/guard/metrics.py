"""Every series of the guard, a sentence each; shown by each program that has an HTTP side."""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = Histogram(
    "http_request_seconds",
    "From the head of a request to the end of its answer.",
    ["method", "endpoint", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
REFUSED = Counter("http_refused_requests_total", "Requests that the guard refused.", ["reason"])
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests that are being answered.")
IN_FLIGHT_BYTES = Gauge("http_in_flight_bytes", "Bytes kept for the bodies of those requests.")
RATES_ALONE = Gauge(
    "http_rate_limits_alone", "1 while requests are counted without the Redis that is configured."
)
