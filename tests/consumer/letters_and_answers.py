"""Records as workers write them, for tests that store and replay them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from consumer import records
from consumer.store.rows import DeadLetterRow, ResultRow
from inference.contract import Arrival

RESULTS, DEAD_LETTERS, REQUESTS = "results", "dead-letters", "echo.requests"
START = 1_700_000_000_000


def document(request_id: str, **changes: object) -> dict[str, Any]:
    """A result as a worker writes it."""
    request = {"id": request_id, "source": "/tests", "topic": REQUESTS, "partition": 0, "offset": 7}
    time = datetime.fromtimestamp(START / 1000, UTC).isoformat()
    return {
        "id": f"answer-to-{request_id}",
        "lane": "echo",
        "version": 1,
        "request": request | {"time": time},
        "answered_by": "full",
        "degraded": False,
        "from_cache": False,
        "model": {"name": "parrot", "version": "1", "digest": "00"},
        "stages": {"read": 0.001},
        "answer": {"text": "hello"},
    } | changes


def result(
    request_id: str, offset: int = 0, *, key: bytes | None = None, **changes: object
) -> Arrival:
    """A record of the results topic."""
    value = json.dumps(document(request_id, **changes)).encode()
    return Arrival(RESULTS, 0, offset, START + offset, key, value, [])


def row(
    request_id: str, offset: int = 0, *, key: bytes | None = None, **changes: object
) -> ResultRow:
    """What is kept of such a record."""
    kept = records.result(result(request_id, offset, key=key, **changes))
    assert isinstance(kept, ResultRow), kept
    return kept


def letter(request_id: str, offset: int = 0, changes: Mapping[str, str] = {}) -> Arrival:
    """A record of the dead-letter topic; changes are headers."""
    texts = {
        "__dlq.errors.topic": REQUESTS,
        "__dlq.errors.partition": "0",
        "__dlq.errors.offset": "7",
        "__dlq.errors.group": "penstock.echo",
        "__dlq.errors.delivery.count": "1",
        "__dlq.errors.message": "it asked for it",
        "dlq.reason": "refused",
        "dlq.stage": "full",
        "dlq.detail": "it asked for it",
        "dlq.attempts": "1",
        "dlq.lane": "echo",
        "dlq.id": request_id,
        "dlq.source": "/tests",
        "dlq.time": "2023-11-14T22:13:20Z",
    }
    headers = [(name, text.encode()) for name, text in (texts | dict(changes)).items()]
    return Arrival(DEAD_LETTERS, 0, offset, START + offset, b"key", b"the original", headers)


def letter_row(request_id: str, offset: int = 0, changes: Mapping[str, str] = {}) -> DeadLetterRow:
    """What is kept of such a record."""
    kept = records.dead_letter(letter(request_id, offset, changes))
    assert isinstance(kept, DeadLetterRow), kept
    return kept
