"""What rises and falls in the news, and whether that is good."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from inference.lanes.news_analysis.local.phrasebook import Hit, Phrasebook, Words
from inference.lanes.news_analysis.local.words import entries

# How far behind a word for more or less the thing may stand: "cut its costs".
_REACH = 3
_SIGNS = {"good": 1, "bad": -1, "up": 1, "down": -1}


class Move(NamedTuple):
    """A thing and the word that moves it: which words they are, and whether that is good."""

    words: frozenset[int]
    sign: int


class Movements:
    """Finds what moves within one clause; `understood` makes a list's entry the words of a text."""

    def __init__(self, name: str, understood: Callable[[str], Words]) -> None:
        things: dict[Words, int] = {}
        movers: dict[Words, int] = {}
        for heading, text in entries(name):
            book = things if heading in {"good", "bad"} else movers
            book[understood(text)] = _SIGNS[heading]
        self._things, self._movers = Phrasebook(things), Phrasebook(movers)

    def found(self, clause: Sequence[str]) -> Iterator[Move]:
        """Every word for more or less with its thing: the nearest before it, else close behind."""
        things = list(self._things.found(clause))
        for mover in self._movers.found(clause) if things else ():
            thing = _nearest(things, mover)
            if thing is not None:
                things.remove(thing)
                indices = (*range(mover.start, mover.end), *range(thing.start, thing.end))
                yield Move(frozenset(indices), mover.value * thing.value)


def _nearest(things: Sequence[Hit[int]], mover: Hit[int]) -> Hit[int] | None:
    before = [thing for thing in things if thing.end <= mover.start]
    behind = [thing for thing in things if 0 <= thing.start - mover.end < _REACH]
    return before[-1] if before else next(iter(behind), None)
