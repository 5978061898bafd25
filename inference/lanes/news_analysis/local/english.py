"""Reads English with VADER."""

from collections.abc import Sequence
from importlib.metadata import version

from inference.lanes.news_analysis.contract import Analyser
from inference.lanes.news_analysis.local.english_names import EnglishNames
from inference.lanes.news_analysis.local.english_phrases import STOP, phrases
from inference.lanes.news_analysis.local.english_tone import EnglishTone
from inference.lanes.news_analysis.local.english_words import sentences, topical
from inference.lanes.news_analysis.local.reading import Reading, Sentence
from inference.lanes.news_analysis.local.topics import Topics


class English:
    """Loads in a few hundredths of a second."""

    def __init__(self) -> None:
        self._tone = EnglishTone()
        self._topics = Topics("english-topics", topical)
        self._names = EnglishNames()
        self.analyser = Analyser(
            provider="local", name="vaderSentiment", version=version("vaderSentiment")
        )

    def read(self, title: str, body: str) -> Reading:
        """What the text says."""
        titled, told = sentences(title), sentences(body)
        first, others = self._read(titled), self._read(told)
        return Reading(
            first,
            others,
            phrases([*titled, *told]),
            self._topics.counted(_words(first), _words(others)),
            list(self._names.found([*titled, *told])),
        )

    def _read(self, texts: Sequence[str]) -> list[Sentence]:
        return [Sentence(text, _telling(text), self._tone.of(text)) for text in texts]


def _telling(text: str) -> list[str]:
    return [word for word in topical(text) if word not in STOP]


def _words(sentences: Sequence[Sentence]) -> list[str]:
    return [word for sentence in sentences for word in sentence.words]
