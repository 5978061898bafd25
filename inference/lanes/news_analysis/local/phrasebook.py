"""Finds words, and words that stand one after the other, the longest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")
Words = tuple[str, ...]


def spaced(text: str) -> Words:
    """An entry whose words are written as the reader of the text gives them."""
    return tuple(text.split())


class Hit(NamedTuple, Generic[V]):
    """What was found from one word up to another one."""

    start: int
    end: int
    value: V


class Phrasebook(Generic[V]):
    """What words, one or several, stand for."""

    def __init__(self, entries: Mapping[Words, V]) -> None:
        self._entries = dict(entries)
        self._lengths: dict[str, list[int]] = {}
        for words in sorted(self._entries, key=len, reverse=True):
            lengths = self._lengths.setdefault(words[0], [])
            if len(words) not in lengths:
                lengths.append(len(words))

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._entries)

    def found(self, words: Sequence[str]) -> Iterator[Hit[V]]:
        """Every entry in the words; a word belongs to one of them at most."""
        at = 0
        while at < len(words):
            hit = self._at(words, at)
            if hit is not None:
                yield hit
            at = at + 1 if hit is None else hit.end

    def _at(self, words: Sequence[str], start: int) -> Hit[V] | None:
        for length in self._lengths.get(words[start], ()):
            spelt = tuple(words[start : start + length])
            value = self._entries.get(spelt)
            if value is not None:
                return Hit(start, start + len(spelt), value)
        return None
