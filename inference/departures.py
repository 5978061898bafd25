"""What leaves in place of an arrival: a result, or a dead letter around the original bytes."""

import hashlib
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic_core import to_json

from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import (
    A,
    Arrival,
    Contract,
    Departure,
    Destination,
    Headers,
    Reason,
    Rejection,
)
from inference.ladder import Answered

DLQ = "dlq."
ERRORS = "__dlq.errors."
TRACES = frozenset({"traceparent", "tracestate"})


@dataclass(frozen=True)
class Departures:
    """Writes a lane's results and dead letters; `group` is the consumer group that read."""

    contract: Contract[Any, Any]
    group: str

    def result(
        self, arrival: Arrival, envelope: Envelope, answered: Answered[A], stages: dict[str, float]
    ) -> Departure:
        """The answer to a request, as a CloudEvent in binary mode."""
        contract, by = self.contract, answered.by
        identity = cloudevents.result_id(
            envelope.source, envelope.id, contract.lane, contract.version
        )
        document = {
            "id": identity,
            "lane": contract.lane,
            "version": contract.version,
            "request": {
                "id": envelope.id,
                "source": envelope.source,
                "topic": arrival.topic,
                "partition": arrival.partition,
                "offset": arrival.offset,
                "time": envelope.time,
            },
            "answered_by": by.level,
            "degraded": by.degraded,
            "from_cache": False,
            "model": by.model,
            "stages": stages,
            "answer": answered.answer,
        }
        headers = [
            *self._constant_headers,
            ("ce_id", identity.encode()),
            ("ce_time", _now()),
            ("ce_requestid", envelope.id.encode()),
            ("ce_requestsource", envelope.source.encode()),
            *(h for h in arrival.headers if h[0] in TRACES),
        ]
        return Departure(arrival, Destination.RESULTS, to_json(document), headers)

    def dead_letter(self, arrival: Arrival, rejection: Rejection) -> Departure:
        """The original key, value and headers byte for byte, and beside them why it is here."""
        headers = [*arrival.headers, *self._reasons(arrival, rejection)]
        return Departure(
            arrival, Destination.DEAD_LETTERS, arrival.value, headers, rejection.reason
        )

    def smaller(self, departure: Departure, size: int, limit: int) -> Departure:
        """In place of one that its topic refuses: a dead letter, or its headers and a reference."""
        if departure.destination is Destination.RESULTS:
            detail = f"the result takes {size} bytes, its topic takes {limit}"
            return self.dead_letter(departure.arrival, Rejection(Reason.REFUSED, "publish", detail))
        arrival = departure.arrival
        digest = hashlib.sha256(arrival.value or b"").hexdigest()
        reference = f"{arrival.topic}/{arrival.partition}/{arrival.offset} sha256={digest}"
        headers = [h for h in departure.headers if h[0].startswith((DLQ, ERRORS))]
        return departure._replace(value=None, headers=[*headers, (DLQ + "ref", reference.encode())])

    @cached_property
    def _constant_headers(self) -> Headers:
        return (
            ("ce_specversion", b"1.0"),
            ("ce_source", self.contract.source.encode()),
            ("ce_type", self.contract.result_type.encode()),
            ("content-type", b"application/json"),
        )

    def _reasons(self, arrival: Arrival, rejection: Rejection) -> list[tuple[str, bytes]]:
        envelope = cloudevents.read(arrival)
        identity, source = (
            cloudevents.derived(arrival)
            if isinstance(envelope, Rejection)
            else (envelope.id, envelope.source)
        )
        texts = {
            ERRORS + "topic": arrival.topic,
            ERRORS + "partition": arrival.partition,
            ERRORS + "offset": arrival.offset,
            ERRORS + "group": self.group,
            ERRORS + "delivery.count": rejection.attempts,
            ERRORS + "message": rejection.detail,
            DLQ + "reason": rejection.reason,
            DLQ + "stage": rejection.stage,
            DLQ + "detail": rejection.detail,
            DLQ + "attempts": rejection.attempts,
            DLQ + "lane": self.contract.lane,
            DLQ + "id": identity,
            DLQ + "source": source,
            DLQ + "time": _now().decode(),
        }
        return [(name, str(value).encode("utf-8", "replace")) for name, value in texts.items()]


def _now() -> bytes:
    return cloudevents.written_time(time.time_ns() // 1_000_000).encode()
