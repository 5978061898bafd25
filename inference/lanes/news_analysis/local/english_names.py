"""Names in English text, where the words around them say what they are."""

from collections.abc import Iterator, Sequence

from inference.lanes.news_analysis.contract import EntityType
from inference.lanes.news_analysis.local.english_words import capitalised
from inference.lanes.news_analysis.local.reading import Named
from inference.lanes.news_analysis.local.words import listed

_ARTICLES = ("The ", "A ", "An ")


class EnglishNames:
    """People behind their offices, institutions by how they begin or end, places by a list."""

    def __init__(self) -> None:
        self._offices = listed("english-names", "office")
        self._endings = listed("english-names", "ending")
        self._openings = tuple(listed("english-names", "opening"))
        self._places = listed("english-names", "place")

    def found(self, sentences: Sequence[str]) -> Iterator[Named]:
        """Every name that the text gives away."""
        for sentence in sentences:
            for row in capitalised(sentence):
                name = self._named(_trimmed(row))
                if name is not None:
                    yield name

    def _named(self, row: str) -> Named | None:
        if row in self._places:
            return Named(row, EntityType.PLACE)
        if row.startswith(self._openings) or row.rpartition(" ")[2] in self._endings:
            return Named(row, EntityType.ORGANISATION) if " " in row else None
        return self._person(row)

    def _person(self, row: str) -> Named | None:
        first, _, name = row.partition(" ")
        if first.rstrip(".") in self._offices and name and name not in self._places:
            return Named(name, EntityType.PERSON)
        return None


def _trimmed(row: str) -> str:
    for article in _ARTICLES:
        row = row.removeprefix(article)
    return row.removesuffix("'s").removesuffix("\u2019s").rstrip(".")
