"""What results add up to: counts and sums over time that a lane declares and the consumer keeps.

A lane's `figures.py` has FIGURES: what one result adds, as a pure function of its document alone.
Additions merge in any order, so that figures are those of the results there are, however often
and in whatever order these came. A lane's `views.py` has VIEWS: pages made of figures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import AwareDatetime, BaseModel, Field

from inference.contract import A, Document, Result

P = TypeVar("P", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)

# Keys of one figure that a reader is given at most, those that count most first.
MOST_KEYS = 10_000


class Figure(NamedTuple):
    """One thing that is measured: how often, and how much together, for each key and bucket.

    A lane that sums several amounts declares several figures.
    """

    name: str
    width: timedelta
    kept: timedelta


class Addition(NamedTuple):
    """What one result adds: one to a key's count, and an amount to its sum.

    `at` is when that happened which the result is about; late ones count where they belong.
    """

    figure: str
    key: str
    at: datetime
    amount: float = 0.0


@dataclass(frozen=True)
class Rule:
    """When a rise of a key's count is a burst: every one of these must hold for its window.

    - the count is at least `least`;
    - it is above `mean + spread * sqrt(mean)`, the mean being that of the windows in the `past`;
    - chance alone would bring it at most with the probability `odds`, if the key had the same part
      in the traffic as in the past; what rises with everything else is no burst.
    """

    figure: str
    traffic: str
    topic: str
    window: timedelta = timedelta(hours=1)
    past: timedelta = timedelta(hours=24)
    least: int = 10
    spread: float = 4.0
    odds: float = 1e-7


@dataclass(frozen=True)
class Figures(Generic[A]):
    """What a lane keeps of its results, and where it looks for bursts."""

    answer: type[A]
    kept: Sequence[Figure]
    additions: Callable[[Result[A]], Iterable[Addition]]
    bursts: Rule | None = None

    def figure(self, name: str) -> Figure | None:
        """The figure of this name, if there is one."""
        return next((figure for figure in self.kept if figure.name == name), None)


class Burst(Document):
    """The value of a record on a topic of bursts: a key is mentioned far more than it was."""

    id: str = Field(description="Deterministic: the same burst has the same id.")
    lane: str
    figure: str = Field(description="What the key is one of.", examples=["keyword"])
    key: str
    since: AwareDatetime = Field(description="Where the window begins that it was found in.")
    until: AwareDatetime = Field(description="Where it ends; event time.")
    count: int = Field(description="In that window.")
    usual: float = Field(description="Mean count of such a window in the time before.")
    mean: float = Field(description="Mean amount in that window: of news, the sentiment.")


class Reading(NamedTuple):
    """Which totals a view asks for: of buckets from `since` on and before `until`."""

    figure: str
    since: datetime
    until: datetime
    keys: Sequence[str] = ()
    contains: str | None = None
    least: int = 1


@dataclass(frozen=True, slots=True)
class Total:
    """All of one key's additions in the time that was asked for."""

    key: str
    count: int
    amount: float

    @property
    def mean(self) -> float:
        """The mean amount."""
        return self.amount / self.count if self.count else 0.0


# By name, the totals that a view has asked for; of each those that count most first.
Totals = Mapping[str, Sequence[Total]]


@dataclass(frozen=True)
class View(Generic[P, V]):
    """A page over HTTP that is made of figures: a question becomes readings, totals a document.

    `readings` raises ValueError with a sentence where the question makes no sense now.
    """

    path: str
    sentence: str
    question: type[P]
    document: type[V]
    readings: Callable[[P, datetime], Mapping[str, Reading]]
    show: Callable[[P, datetime, Totals], V]


AnyFigures = Figures[Any]
AnyView = View[Any, Any]
