"""What an article is about, by words that speak for a category."""

from collections.abc import Callable, Mapping, Sequence

from inference.lanes.news_analysis.contract import Category
from inference.lanes.news_analysis.local.phrasebook import Phrasebook, Words
from inference.lanes.news_analysis.local.words import entries

# A single word is no evidence, and neither is a lead of a fraction of one.
_ENOUGH = 2.0
_LEAD = 1.1
# A title says in few words what it is about.
TITLE = 2


class Topics:
    """The words of each category; `understood` makes a list's entry the words of a text."""

    def __init__(self, name: str, understood: Callable[[str], Words]) -> None:
        spoken: dict[Words, set[Category]] = {}
        for heading, text in entries(name):
            spoken.setdefault(understood(text), set()).add(Category(heading))
        self._book = Phrasebook({words: sorted(found) for words, found in spoken.items()})

    def counted(self, title: Sequence[str], body: Sequence[str]) -> dict[Category, float]:
        """How much speaks for each category; a word of several is shared among them."""
        count: dict[Category, float] = {}
        for words, weight in ((title, TITLE), (body, 1)):
            for hit in self._book.found(words):
                for category in hit.value:
                    count[category] = count.get(category, 0) + weight / len(hit.value)
        return count


def about(count: Mapping[Category, float]) -> Category:
    """The category that most speaks for; `other` where too little does, or two say the same."""
    order = sorted(count, key=lambda category: -count[category])
    if not order or count[order[0]] < _ENOUGH:
        return Category.OTHER
    second = count[order[1]] if len(order) > 1 else 0
    return order[0] if count[order[0]] >= _LEAD * second else Category.OTHER
