"""A request on its way to Kafka: a CloudEvent in binary mode."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from inference.contract import Content, Contract


class Event(NamedTuple):
    """One request, complete; the value on the wire is the content's own bytes."""

    lane: str
    topic: str
    type: str
    id: str
    source: str
    time: str
    key: bytes | None
    content: Content

    def headers(self) -> list[tuple[str, bytes]]:
        """The CloudEvents attributes as Kafka headers."""
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_time": self.time,
        }
        if self.content.type is not None:
            attributes["content-type"] = self.content.type
        return [(name, value.encode()) for name, value in attributes.items()]


class Label(NamedTuple):
    """What a sender may say about an event; the same id and source make it the same question."""

    source: str
    id: str | None = None
    key: str | None = None


class Written(NamedTuple):
    """Where the broker has put an event."""

    id: str
    source: str
    lane: str
    topic: str
    partition: int
    offset: int


def compose(contract: Contract[Any, Any], topic: str, label: Label, content: Content) -> Event:
    """The event of a content; without an id of its own it gets a new one."""
    return Event(
        lane=contract.lane,
        topic=topic,
        type=contract.request_type,
        id=label.id or str(uuid4()),
        source=label.source,
        time=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        key=None if label.key is None else label.key.encode(),
        content=content,
    )
