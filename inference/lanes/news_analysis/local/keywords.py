"""The phrases that a text comes back to."""

from collections import Counter
from collections.abc import Iterator, Sequence

from inference.lanes.news_analysis.local.reading import Phrase

_MOST = 10
# So many are told even of a text that never comes back to anything.
_FEWEST = 5
# Long phrases are rarer than what they are made of, and say more.
_PER_WORD = 1


def best(phrases: Sequence[Phrase]) -> list[str]:
    """At most ten, as they first stand in the text, none of them a part of a better one."""
    counts = Counter(phrase.key for phrase in phrases)
    texts: dict[str, str] = {}
    for phrase in phrases:
        texts.setdefault(phrase.key, phrase.text)
    order = sorted(counts, key=lambda key: -_worth(key, counts[key]))
    found = list(_apart(order))
    often = [key for key in found if _worth(key, counts[key]) > 1]
    return [texts[key] for key in (often if len(often) >= _FEWEST else found[:_FEWEST])]


def _worth(key: str, count: int) -> float:
    return count * (1 + _PER_WORD * key.count(" "))


def _apart(order: Sequence[str]) -> Iterator[str]:
    taken: list[str] = []
    for key in order:
        if len(taken) == _MOST:
            return
        if not any(key in other or other in key for other in taken):
            taken.append(key)
            yield key
