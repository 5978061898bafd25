"""Names in Korean text, where the words around them say what they are."""

from collections.abc import Iterator, Sequence

from inference.lanes.news_analysis.contract import EntityType
from inference.lanes.news_analysis.local.korean_words import Morphemes
from inference.lanes.news_analysis.local.reading import Named
from inference.lanes.news_analysis.local.words import listed

_NAME_LENGTHS = {2, 3, 4}


class KoreanNames:
    """People before their offices, institutions by what they end in, places by a list."""

    def __init__(self) -> None:
        self._offices = listed("korean-names", "office")
        self._endings = listed("korean-names", "ending")
        self._places = listed("korean-names", "place")

    def found(self, text: str, sentences: Sequence[Morphemes]) -> Iterator[Named]:
        """Every name that the text gives away."""
        for sentence in sentences:
            for place in range(len(sentence)):
                name = self._name(sentence, place) or self._institution(text, sentence, place)
                if name is not None:
                    yield name

    def _name(self, sentence: Morphemes, place: int) -> Named | None:
        """A place, unless the next noun makes another name of it; a person before an office."""
        one = sentence[place]
        if one.tag != "NNP":
            return None
        if one.form in self._places:
            whole = not _joined(sentence, place + 1)
            return Named(one.form, EntityType.PLACE) if whole else None
        following = sentence[place + 1].form if place + 1 < len(sentence) else ""
        person = following in self._offices and len(one.form) in _NAME_LENGTHS
        return Named(one.form, EntityType.PERSON) if person else None

    def _institution(self, text: str, sentence: Morphemes, place: int) -> Named | None:
        """A word of several nouns, the last of which says what kind of institution it is."""
        last = sentence[place]
        if last.form not in self._endings or _joined(sentence, place + 1):
            return None
        first = place
        while _joined(sentence, first):
            first -= 1
        name = text[sentence[first].start : last.end]
        return Named(name, EntityType.ORGANISATION) if first < place else None


def _joined(sentence: Morphemes, place: int) -> bool:
    """Whether a noun touches the noun before it."""
    if not 0 < place < len(sentence):
        return False
    before, one = sentence[place - 1], sentence[place]
    nouns = {"NNG", "NNP", "SL"}
    return before.end == one.start and before.tag in nouns and one.tag in nouns
