"""The tone of English sentences: VADER, with our words for news, and what rises and falls."""

import re
from collections.abc import Callable

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from inference.lanes.news_analysis.local import english_words
from inference.lanes.news_analysis.local.movement import Movements
from inference.lanes.news_analysis.local.tone import bounded
from inference.lanes.news_analysis.local.words import entries

_MOVED = 1.5
# VADER's own way to bound a sum is undone before ours is used on everything together.
_ALPHA = 15
_HIGHEST = 0.999


class EnglishTone:
    """How sentences are minded."""

    def __init__(self) -> None:
        self._vader = SentimentIntensityAnalyzer()
        self._join = _taught(self._vader.lexicon)
        self._movements = Movements("english-movement", english_words.exact)

    def of(self, sentence: str) -> float:
        """From -1 to 1."""
        moved, rest = 0.0, []
        for clause in english_words.clauses(sentence):
            total, left = self._moved(clause)
            moved += total
            rest.append(left)
        return bounded(moved + self._said(" ".join(rest) if moved else sentence))

    def _moved(self, clause: str) -> tuple[float, str]:
        """What the movements in a clause amount to, and the clause without them."""
        words = english_words.words(clause)
        moves = list(self._movements.found(words))
        if not moves:
            return 0.0, clause
        gone = frozenset[int]().union(*(move.words for move in moves))
        left = [word for index, word in enumerate(words) if index not in gone]
        return _MOVED * sum(move.sign for move in moves), " ".join(left)

    def _said(self, sentence: str) -> float:
        compound: float = self._vader.polarity_scores(self._join(sentence))["compound"]
        compound = max(-_HIGHEST, min(_HIGHEST, compound))
        return float(compound * (_ALPHA / (1 - compound * compound)) ** 0.5)


def _taught(lexicon: dict[str, float]) -> Callable[[str], str]:
    """VADER is told our words; it knows single words only, so phrases are joined into one."""
    phrases = []
    for heading, text in entries("english-tone"):
        lexicon[_joined(text)] = float(heading)
        if " " in text:
            phrases.append(text)
    phrases.sort(key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)
    return lambda sentence: pattern.sub(lambda found: _joined(found.group()), sentence)


def _joined(phrase: str) -> str:
    return phrase.replace(" ", "_")
