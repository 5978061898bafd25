"""Reads any other language: no tone, but its sentences, and its words where spaces part them."""

import re
from collections.abc import Iterator

from inference.lanes.news_analysis.contract import Analyser
from inference.lanes.news_analysis.local.reading import Phrase, Reading, Sentence

_END = re.compile(r"(?<=[.!?…])[\"'\u201d\u2019»)]*\s+|(?<=[。\uff01\uff1f])[」』\u201d]?\s*|\n+")
# Where words have spaces between them; elsewhere, rows of katakana or a few Han letters are words.
_WORD = re.compile(r"[^\W\d_]{4,}")
_UNSPACED = re.compile(r"[ァ-ヶー]{3,}|[一-龥々]{2,6}(?![一-龥々])")
_UNSPACED_LETTER = re.compile(r"[぀-ヿ一-龥]")


class Plain:
    """Knows no word of any language."""

    def __init__(self) -> None:
        self.analyser = Analyser(provider="local", name="extract", version="1")

    def read(self, title: str, body: str) -> Reading:
        """What can be said without knowing the language."""
        words = list(_phrases(f"{title}\n{body}"))
        return Reading(_read(title), _read(body), words, {})


def _read(text: str) -> list[Sentence]:
    parts = (part.strip() for part in _END.split(text))
    return [Sentence(part, [word.key for word in _phrases(part)], 0.0) for part in parts if part]


def _phrases(text: str) -> Iterator[Phrase]:
    pattern = _UNSPACED if _UNSPACED_LETTER.search(text) else _WORD
    for found in pattern.finditer(text):
        yield Phrase(found.group(), found.group().lower())
