"""From the tones of sentences to how an article is minded."""

import math
from collections.abc import Sequence

from inference.lanes.news_analysis.contract import SentimentType
from inference.lanes.news_analysis.findings import NEUTRAL
from inference.lanes.news_analysis.local.reading import Reading

# A mean tone this far from nothing is one; found on the tuning half of the golden set.
_THRESHOLD = 0.06
# How loud good and bad must both be, on average, for an article to be mixed and not neutral.
_LOUD = 0.12
_TITLE = 2
# How many points of words make a tone of 0.7.
_ROOM = 10


def bounded(total: float) -> float:
    """Any sum of weights, from -1 to 1."""
    return total / math.sqrt(total * total + _ROOM)


def minded(reading: Reading) -> tuple[SentimentType, float]:
    """How the article is minded, and the score that goes with it."""
    tones = [s.tone for s in reading.title] * _TITLE + [s.tone for s in reading.body]
    mean = sum(tones) / len(tones) if tones else 0.0
    score = math.tanh(mean * math.atanh(NEUTRAL) / _THRESHOLD)
    return _label(score, tones), round(score, 4)


def _label(score: float, tones: Sequence[float]) -> SentimentType:
    if abs(score) > NEUTRAL:
        return SentimentType.POSITIVE if score > 0 else SentimentType.NEGATIVE
    loud = _LOUD * len(tones)
    good, bad = sum(tone for tone in tones if tone > 0), -sum(tone for tone in tones if tone < 0)
    return SentimentType.MIXED if min(good, bad) > loud else SentimentType.NEUTRAL
