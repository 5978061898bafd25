"""What was asked of a service, per key: all of it counted, the latest listed; no payloads."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi import Request

_STATE = "visit"
_MODELS = 100
_OTHER = "other"


@dataclass(slots=True)
class Visit:
    """One request, as far as it is known; routes may say more."""

    key: str
    endpoint: str
    model: str | None = None
    image_size: tuple[int, int] | None = None
    faces: int | None = None


@dataclass(slots=True)
class Row:
    """One request that was answered."""

    time: datetime
    visit: Visit
    status: int
    seconds: float


@dataclass(slots=True)
class Total:
    """All requests of a key to an endpoint."""

    count: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    pixels: int = 0
    faces: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        """One more."""
        visit = row.visit
        self.count += 1
        self.seconds += row.seconds
        self.slowest = max(self.slowest, row.seconds)
        self.statuses[str(row.status)] += 1
        self.faces += visit.faces or 0
        if visit.image_size is not None:
            self.pixels += visit.image_size[0] * visit.image_size[1]
        if visit.model is not None:
            known = visit.model in self.models or len(self.models) < _MODELS
            self.models[visit.model if known else _OTHER] += 1


class Usage:
    """Bounded by the keys and routes there are, and by the rows that are kept."""

    def __init__(self, rows: int) -> None:
        self.since = datetime.now(UTC)
        self._totals: dict[tuple[str, str], Total] = {}
        self._rows: deque[Row] = deque(maxlen=rows)

    def add(self, visit: Visit, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        row = Row(datetime.now(UTC), visit, status, seconds)
        self._totals.setdefault((visit.key, visit.endpoint), Total()).add(row)
        self._rows.append(row)

    def totals(self, key: str | None) -> Iterator[tuple[str, str, Total]]:
        """Of this key, or of all."""
        for (name, endpoint), total in sorted(self._totals.items()):
            if key in (None, name):
                yield name, endpoint, total

    def recent(self, key: str | None) -> Iterator[Row]:
        """Newest first, of this key or of all."""
        return (row for row in reversed(self._rows) if key in (None, row.visit.key))


def visit_of(request: Request) -> Visit:
    """Where a route says what it knows about its request: model, image size, faces found."""
    visit: Visit | None = request.scope.get("state", {}).get(_STATE)
    return Visit("", "") if visit is None else visit
