"""English phrases: words that carry a topic and stand together."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from inference.lanes.news_analysis.local.english_words import singular
from inference.lanes.news_analysis.local.reading import Phrase
from inference.lanes.news_analysis.local.words import listed

STOP = listed("english-stop", "stop")
_PIECE = re.compile(r"[A-Za-z][A-Za-z'\u2019-]*[A-Za-z]|\S")
_SHORTEST = 3
# What was done, and how: no topics.
_VERBAL = ("ed", "ly")
_VERBAL_LENGTH = 5


class _Piece(NamedTuple):
    text: str
    key: str
    start: int
    end: int


def phrases(sentences: Sequence[str]) -> list[Phrase]:
    """Every word that carries a topic; two side by side where they are a name or come again."""
    words, pairs = list[Phrase](), list[Phrase]()
    for sentence in sentences:
        pieces = [_piece(found) for found in _PIECE.finditer(sentence)]
        words += [Phrase(one.text, one.key) for one in pieces if one and not _is_verbal(one)]
        pairs += _pairs(sentence, pieces)
    count = Counter(pair.key for pair in pairs)
    return [pair for pair in pairs if count[pair.key] > 1 or _is_name(pair.text)] + words


def _piece(found: re.Match[str]) -> _Piece | None:
    """None for what carries no topic: it keeps apart what stands on its two sides."""
    text = found.group()
    lower = text.lower()
    if len(text) < _SHORTEST or lower in STOP:
        return None
    return _Piece(text, singular(lower), *found.span())


def _pairs(sentence: str, pieces: Sequence[_Piece | None]) -> Iterator[Phrase]:
    for one, other in pairwise(pieces):
        if one and other:
            yield Phrase(sentence[one.start : other.end], f"{one.key} {other.key}")


def _is_verbal(piece: _Piece) -> bool:
    return len(piece.text) >= _VERBAL_LENGTH and piece.text.endswith(_VERBAL)


def _is_name(text: str) -> bool:
    return all(word[0].isupper() for word in text.split())
