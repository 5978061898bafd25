"""The results of a batch as CloudEvents; written by hand, since this runs once per record.

`contract.Result` says what the document is; a test holds what is written here against it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import A, Arrival, Contract, Departure, Destination
from inference.ladder import Answered, How

TRACES = frozenset({"traceparent", "tracestate"})

_DOCUMENT = (
    b'{"id":"%b",%b,"request":{"id":%b,"source":%b,"topic":%b,"partition":%d,"offset":%d,'
    b'"time":%b},"stages":{"waiting":%.6f%b},"answer":%b}'
)


class Results:
    """Writes the results of one batch: what they share is written once."""

    def __init__(
        self, contract: Contract[Any, Any], taken: float, stages: Mapping[str, float]
    ) -> None:
        self._contract, self._taken = contract, taken
        self._stages = b"".join(b',"%b":%.6f' % (k.encode(), v) for k, v in stages.items())
        self._headers = (
            ("ce_specversion", b"1.0"),
            ("ce_source", contract.source.encode()),
            ("ce_type", contract.result_type.encode()),
            ("ce_time", cloudevents.now()),
            ("content-type", b"application/json"),
        )
        self._how: How | None = None
        self._provenance = b""

    def write(self, arrival: Arrival, asked: Envelope, answered: Answered[A]) -> Departure:
        """The answer to a question, and how it came about."""
        contract = self._contract
        identity = cloudevents.result_id(asked.source, asked.id, contract.lane, contract.version)
        document = _DOCUMENT % (
            identity,
            self._came_about(answered.how),
            to_json(asked.id),
            _quoted(asked.source),
            _quoted(arrival.topic),
            arrival.partition,
            arrival.offset,
            _quoted(asked.time),
            max(0.0, self._taken - arrival.timestamp / 1000),
            self._stages,
            to_json(answered.answer),
        )
        headers: list[tuple[str, bytes | None]] = [
            *self._headers,
            ("ce_id", identity),
            ("ce_requestid", asked.id.encode()),
            ("ce_requestsource", asked.source.encode()),
        ]
        if arrival.headers:
            headers += [header for header in arrival.headers if header[0] in TRACES]
        return Departure(arrival, Destination.RESULTS, document, headers)

    def _came_about(self, how: How) -> bytes:
        """Written anew only where the next item was answered in another way."""
        if how is not self._how:
            shared = {
                "lane": self._contract.lane,
                "version": self._contract.version,
                "answered_by": how.level,
                "degraded": how.degraded,
                "from_cache": how.cached is not None,
                "cache_tier": how.cached,
                "model": how.model,
            }
            self._how, self._provenance = how, to_json(shared)[1:-1]
        return self._provenance


@lru_cache(maxsize=4096)  # topics, sources and times repeat
def _quoted(text: str) -> bytes:
    return to_json(text)
