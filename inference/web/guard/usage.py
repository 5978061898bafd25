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
    questions: int = 0
    answers: int = 0
    models: Counter[str] = field(default_factory=Counter)
    image_size: tuple[int, int] | None = None
    pixels: int = 0
    faces: int | None = None

    def note_answer(
        self,
        model: str | None,
        image_size: tuple[int, int] | None = None,
        faces: int | None = None,
    ) -> None:
        """One more answer; a request with many questions has as many."""
        self.answers += 1
        if model is not None:
            self.models[model] += 1
        if image_size is not None:
            self.image_size = image_size
            self.pixels += image_size[0] * image_size[1]
        if faces is not None:
            self.faces = (self.faces or 0) + faces


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
    questions: int = 0
    answers: int = 0
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
        self.questions += visit.questions
        self.answers += visit.answers
        self.pixels += visit.pixels
        self.faces += visit.faces or 0
        for model, answers in visit.models.items():
            known = model in self.models or len(self.models) < _MODELS
            self.models[model if known else _OTHER] += answers


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
    """Where a route says what it knows about its request: questions, and what came of them."""
    visit: Visit | None = request.scope.get("state", {}).get(_STATE)
    return Visit("", "") if visit is None else visit
