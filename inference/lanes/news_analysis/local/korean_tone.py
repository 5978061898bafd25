"""The tone of Korean sentences: our own words for good and bad, denied, relieved and contrasted."""

from collections.abc import Iterator, Mapping, Sequence

from inference.lanes.news_analysis.local.korean_words import Morpheme, Morphemes, clauses
from inference.lanes.news_analysis.local.movement import Movements
from inference.lanes.news_analysis.local.phrasebook import Hit, Phrasebook, Words, spaced
from inference.lanes.news_analysis.local.tone import bounded
from inference.lanes.news_analysis.local.words import entries

_NEGATORS = {"않다", "못하다", "없다", "아니다", "없이", "못", "안"}
# How many morphemes behind a word its denial may stand: 심각한 위반은 한 건도 없었다.
_DENIED_WITHIN = 8
# How many words behind it that which takes it away may stand: 우려를 말끔히 씻었다.
_TAKEN_WITHIN = 3
_CONTRAST = {"지만", "으나", "나", "는데도", "ᆫ데도", "은데도"}
_BEFORE_CONTRAST = 0.5
# No crime is half a joy, and no joy is nearly a crime.
_BAD_DENIED, _GOOD_DENIED = -0.5, -0.8
_MOVED = 1.5


class KoreanTone:
    """How sentences are minded."""

    def __init__(self) -> None:
        weights, self._relief, self._loss = _read()
        self._weights = Phrasebook(weights)
        self._movements = Movements("korean-movement", spaced)

    def of(self, sentence: Morphemes) -> float:
        """From -1 to 1."""
        return bounded(sum(self._clause(clause) for clause in clauses(sentence)))

    def _clause(self, clause: Morphemes) -> float:
        places = [place for place, morpheme in enumerate(clause) if morpheme.word]
        words = [clause[place].word for place in places]
        total = sum(
            _denied(weight, clause, places[start], places[end - 1])
            for start, end, weight in self._weighed(words)
        )
        return total * (_BEFORE_CONTRAST if _contrasted(clause) else 1)

    def _weighed(self, words: Sequence[str]) -> Iterator[Hit[float]]:
        """Whatever says something; a thing that moves says it by its movement alone."""
        moved: set[int] = set()
        for indices, sign in self._movements.found(words):
            moved |= indices
            yield Hit(min(indices), max(indices) + 1, sign * _MOVED)
        for start, end, weight in self._weights.found(words):
            if moved.isdisjoint(range(start, end)):
                yield Hit(start, end, self._taken(weight, words[end : end + _TAKEN_WITHIN]))

    def _taken(self, weight: float, following: Sequence[str]) -> float:
        if weight < 0 and not self._relief.isdisjoint(following):
            return weight * _BAD_DENIED
        if weight > 0 and not self._loss.isdisjoint(following):
            return weight * _GOOD_DENIED
        return weight


def _read() -> tuple[Mapping[Words, float], set[str], set[str]]:
    weights: dict[Words, float] = {}
    others: dict[str, set[str]] = {"relief": set(), "loss": set()}
    for heading, text in entries("korean-tone"):
        words = spaced(text)
        if heading in others:
            others[heading].add(words[-1])
        else:
            weights[words] = float(heading)
    return weights, others["relief"], others["loss"]


def _contrasted(clause: Morphemes) -> bool:
    return bool(clause) and clause[-1].tag == "EC" and clause[-1].form in _CONTRAST


def _denied(weight: float, clause: Morphemes, first: int, last: int) -> float:
    """What is left of a weight where it is denied, behind it or right before it."""
    behind = clause[last + 1 : last + 1 + _DENIED_WITHIN]
    before = clause[max(0, first - 1) : first]
    negators = [one for one in behind if _negates(one)] + [one for one in before if _negates(one)]
    if not negators:
        return weight
    return weight * (_BAD_DENIED if weight < 0 else _GOOD_DENIED)


def _negates(morpheme: Morpheme) -> bool:
    form = morpheme.form
    if morpheme.tag == "MAG":
        return form in _NEGATORS
    return morpheme.tag[:2] in {"VX", "VA", "VC"} and f"{form}다" in _NEGATORS
