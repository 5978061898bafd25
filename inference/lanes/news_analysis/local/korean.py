"""Reads Korean with kiwipiepy's morphemes."""

from collections.abc import Sequence
from importlib.metadata import version

from kiwipiepy import Kiwi

from inference.lanes.news_analysis.contract import Analyser
from inference.lanes.news_analysis.local.korean_names import KoreanNames
from inference.lanes.news_analysis.local.korean_phrases import phrases
from inference.lanes.news_analysis.local.korean_tone import KoreanTone
from inference.lanes.news_analysis.local.korean_words import Morphemes, morphemes, words
from inference.lanes.news_analysis.local.phrasebook import spaced
from inference.lanes.news_analysis.local.reading import Reading, Sentence
from inference.lanes.news_analysis.local.topics import Topics


class Korean:
    """Loading takes 2 s, holds up the other threads for most of it, and stays at 340 MB."""

    def __init__(self) -> None:
        # The dictionary of phrases (of places, titles, songs) doubles memory and time to load.
        self._kiwi = Kiwi(num_workers=1, load_multi_dict=False)
        self._kiwi.tokenize("그렇다.")  # it is built on first use, which takes a second
        self._tone = KoreanTone()
        self._topics = Topics("korean-topics", spaced)
        self._names = KoreanNames()
        self.analyser = Analyser(provider="local", name="kiwipiepy", version=version("kiwipiepy"))

    def read(self, title: str, body: str) -> Reading:
        """What the text says."""
        titled, told = self._sentences(title), self._sentences(body)
        first, others = self._read(title, titled), self._read(body, told)
        return Reading(
            first,
            others,
            [*phrases(title, titled), *phrases(body, told)],
            self._topics.counted(_all_words(titled), _all_words(told)),
            [*self._names.found(title, titled), *self._names.found(body, told)],
        )

    def _sentences(self, text: str) -> list[Morphemes]:
        split = self._kiwi.tokenize(text, split_sents=True) if text else []
        return [morphemes(tokens) for tokens in split if tokens]

    def _read(self, text: str, sentences: Sequence[Morphemes]) -> list[Sentence]:
        return [
            Sentence(text[one[0].start : one[-1].end], words(one), self._tone.of(one))
            for one in sentences
        ]


def _all_words(sentences: Sequence[Morphemes]) -> list[str]:
    return [word for sentence in sentences for word in words(sentence)]
