"""Korean noun phrases: nouns that stand together, without a particle between them."""

from collections.abc import Iterator, Sequence

from inference.lanes.news_analysis.local.korean_words import Morpheme, Morphemes
from inference.lanes.news_analysis.local.reading import Phrase
from inference.lanes.news_analysis.local.words import listed

_NOUNS = {"NNG", "NNP", "SL", "XPN", "XR"}
_SHORTEST = 2
# Longer rows of nouns are headlines, not names.
_MOST_WORDS = 2

_STOP = listed("korean-stop", "stop")


def phrases(text: str, sentences: Sequence[Morphemes]) -> list[Phrase]:
    """Every word made of nouns, and every two of them that stand side by side."""
    return [
        phrase for sentence in sentences for row in _rows(sentence) for phrase in _told(text, row)
    ]


Span = tuple[int, int]


def _rows(sentence: Morphemes) -> Iterator[list[Span]]:
    """Words of nouns that follow each other; anything between two words ends a row."""
    row: list[Span] = []
    last = -1
    for morpheme in sentence:
        if _is_noun(morpheme):
            _add(row, morpheme, last)
            last = morpheme.end
        elif row:
            yield row
            row, last = [], -1
    if row:
        yield row


def _is_noun(morpheme: Morpheme) -> bool:
    return morpheme.tag in _NOUNS or (morpheme.tag == "XSN" and morpheme.form != "들")


def _add(row: list[Span], noun: Morpheme, last: int) -> None:
    """A noun that touches the one before it is part of its word."""
    if row and noun.start == last:
        row[-1] = (row[-1][0], noun.end)
    else:
        row.append((noun.start, noun.end))


def _told(text: str, row: Sequence[Span]) -> Iterator[Phrase]:
    words = [text[start:end] for start, end in row]
    for word in words:
        if _tells(word):
            yield Phrase(word, word)
    if len(words) == _MOST_WORDS and all(map(_tells, words)):
        yield Phrase(text[row[0][0] : row[-1][1]], " ".join(words))


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in _STOP
