"""What a language's reader makes of a text; all that comes after it knows no language."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from inference.lanes.news_analysis.contract import Analyser, Category, EntityType

# Summaries, tones and topics settle early; what comes after this is not read.
MOST_READ = 12_000


class Sentence(NamedTuple):
    """A sentence: as it stands, its words that carry a topic, and its tone from -1 to 1."""

    text: str
    words: Sequence[str]
    tone: float


class Phrase(NamedTuple):
    """What may be a keyword: as it stands in the text, and what its spellings have in common."""

    text: str
    key: str


class Named(NamedTuple):
    """Somebody or something named in the text, where the text itself says what it is."""

    text: str
    type: EntityType


class Reading(NamedTuple):
    """A text, understood as far as its language goes; the title's sentences come first."""

    title: Sequence[Sentence]
    body: Sequence[Sentence]
    phrases: Sequence[Phrase]
    topics: Mapping[Category, float]
    names: Sequence[Named] = ()


class Reader(Protocol):
    """Reads one language on the calling thread; may be called from several at once."""

    @property
    def analyser(self) -> Analyser:
        """What reads, for the answers."""
        ...

    def read(self, title: str, body: str) -> Reading:
        """What the text says."""
        ...
