"""What leaves in place of arrivals: results, or dead letters around the original bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inference import cloudevents
from inference.contract import (
    UNREADABLE,
    Arrival,
    Contract,
    Departure,
    Destination,
    Reason,
    Rejection,
)
from inference.results import Results

DLQ = "dlq."
ERRORS = "__dlq.errors."
REF = DLQ + "ref"


@dataclass(frozen=True)
class Departures:
    """Writes a lane's results and dead letters; `group` is the consumer group that read."""

    contract: Contract[Any, Any]
    group: str

    def results(self, taken: float, stages: Mapping[str, float]) -> Results:
        """For the answers of a batch that was taken up then, and took so long in each stage."""
        return Results(self.contract, taken, stages)

    def dead_letter(self, arrival: Arrival, rejection: Rejection) -> Departure:
        """The original key, value and headers byte for byte, and beside them why it is here."""
        headers = [*arrival.headers, *self._reasons(arrival, rejection)]
        if any(name == UNREADABLE for name, _ in arrival.headers):
            headers.append((REF, _place(arrival).encode()))
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
        reference = f"{_place(arrival)} sha256={digest}"
        headers = [h for h in departure.headers if h[0].startswith((DLQ, ERRORS))]
        return departure._replace(value=None, headers=[*headers, (REF, reference.encode())])

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
            DLQ + "time": cloudevents.now().decode(),
        }
        return [(name, str(value).encode("utf-8", "replace")) for name, value in texts.items()]


def _place(arrival: Arrival) -> str:
    return f"{arrival.topic}/{arrival.partition}/{arrival.offset}"
