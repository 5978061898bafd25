"""Where events are handed in: looked at by the lane, then published, and counted either way."""

import time
from dataclasses import dataclass
from typing import Any

import structlog

from inference.contract import Content, Contract, Reason, Rejection
from inference.kafka import Topics
from producer import metrics
from producer.event import Label, Written, compose
from producer.failures import Refused, Unacknowledged, Unfit, Unpublished
from producer.metrics import Outcome
from producer.publish import Publisher

log = structlog.get_logger(__name__)

STAGE = "producer"


def look(contract: Contract[Any, Any], content: Content) -> None:
    """Raises Unfit, in the lane's own words, where the lane would not take the content."""
    if len(content.data) > contract.max_bytes:
        detail = f"the value has more than {contract.max_bytes} bytes"
        raise Unfit(contract, Rejection(Reason.REFUSED, STAGE, detail))
    reading = contract.read(content)
    if isinstance(reading, Rejection):
        raise Unfit(contract, reading)


@dataclass(frozen=True)
class Intake:
    """Takes contents for any lane."""

    publisher: Publisher
    topics: Topics
    checked: bool = True

    async def take(self, contract: Contract[Any, Any], content: Content, label: Label) -> Written:
        """Where the event was written; raises Unpublished, which says why it was not."""
        event = compose(contract, self.topics.requests(contract.lane), label, content)
        started = time.perf_counter()
        try:
            if self.checked:
                look(contract, content)
            written = await self.publisher.publish(event)
        except Unpublished as failure:
            outcome = _outcome(failure)
            metrics.EVENTS.labels(contract.lane, outcome).inc()
            log.info("not published", lane=contract.lane, ce_id=event.id, outcome=outcome)
            raise
        metrics.EVENTS.labels(contract.lane, Outcome.WRITTEN).inc()
        metrics.EVENT_BYTES.labels(contract.lane).observe(len(content.data))
        metrics.ACKNOWLEDGE_SECONDS.labels(contract.lane).observe(time.perf_counter() - started)
        return written


def _outcome(failure: Unpublished) -> Outcome:
    match failure:
        case Unfit():
            return Outcome.UNFIT
        case Refused():
            return Outcome.REFUSED
        case Unacknowledged():
            return Outcome.UNACKNOWLEDGED
        case _:
            return Outcome.UNSENT
