"""From a classifier's labels, as differently as they are called, to a sentiment."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from inference.engines.external_ai.faults import Outcome, Unfit
from inference.engines.external_ai.tasks import Label
from inference.lanes.news_analysis.contract import SentimentType
from inference.lanes.news_analysis.findings import leaning

KNOWN: Mapping[str, float] = {
    "very negative": -1.0,
    "negative": -0.8,
    "neg": -0.8,
    "neutral": 0.0,
    "neu": 0.0,
    "positive": 0.8,
    "pos": 0.8,
    "very positive": 1.0,
    "1 star": -1.0,
    "2 stars": -0.5,
    "3 stars": 0.0,
    "4 stars": 0.5,
    "5 stars": 1.0,
    "bearish": -0.8,
    "bullish": 0.8,
}
# Models without names for their classes number them from the worst to the best.
NUMBERED: Mapping[int, Sequence[float]] = {
    2: (-0.8, 0.8),
    3: (-0.8, 0.0, 0.8),
    5: (-1.0, -0.5, 0.0, 0.5, 1.0),
}
# Both sides so probable: it is neither one nor the other, nor nothing.
_MIXED = 0.35


class Tone(NamedTuple):
    """How a text is minded."""

    sentiment: SentimentType
    score: float
    confidence: float


def tone(labels: Sequence[Label], own: Mapping[str, float]) -> Tone:
    """What these probabilities come to; `own` says what a model's labels mean, before the usual.

    Raises `Unfit` where a label says nothing to us: the operator has to explain it.
    """
    values = {label.label: _value(label.label, len(labels), own) for label in labels}
    score = sum(values[label.label] * label.score for label in labels)
    good = sum(label.score for label in labels if values[label.label] > 0)
    bad = sum(label.score for label in labels if values[label.label] < 0)
    confidence = min(1.0, max(good, bad, 1 - good - bad))
    if min(good, bad) >= _MIXED:
        return Tone(SentimentType.MIXED, score, confidence)
    return Tone(leaning(score), score, confidence)


def _value(label: str, count: int, own: Mapping[str, float]) -> float:
    name = _plain(label)
    known = {**KNOWN, **{_plain(key): value for key, value in own.items()}}
    if name in known:
        return known[name]
    number = name.removeprefix("label ")
    scale = NUMBERED.get(count, ())
    if number.isdecimal() and int(number) < len(scale):
        return scale[int(number)]
    message = "a label of HF_SENTIMENT_MODEL is not known: say in HF_LABELS what it means"
    raise Unfit(Outcome.SHAPELESS, message)


def _plain(label: str) -> str:
    return label.strip().lower().replace("_", " ")
