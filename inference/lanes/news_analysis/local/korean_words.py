"""Korean morphemes, and the dictionary words that they are parts of."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

_NOUNS = {"NNG", "NNP", "XR", "SL"}
_VERBS = {"VV", "VA"}
_PREFIX, _SUFFIX = "XPN", "XSN"
# Suffixes that leave a noun what it is: 선수들, 두 번째.
_LOOSE = {"들", "님", "쯤", "째", "당", "씩", "여", "가량"}
# They stand with whatever is done or is; what is said, they do not say.
_LIGHT = {"하다", "되다", "있다", "없다", "이다", "아니다", "안", "못", "없이"}


class Token(Protocol):
    """A morpheme as kiwipiepy gives it."""

    form: str
    tag: str
    start: int
    end: int


class Morpheme(NamedTuple):
    """A part of a sentence; `word` is the dictionary form of one that carries meaning, else ''."""

    form: str
    tag: str
    word: str
    start: int
    end: int


Morphemes = Sequence[Morpheme]


def morphemes(tokens: Iterable[Token]) -> list[Morpheme]:
    """The sentence's morphemes; of a noun with its prefix and suffixes, the last has the word."""
    made: list[Morpheme] = []
    for token in tokens:
        form, tag = token.form, token.tag
        one = Morpheme(form, tag, _word(form, tag), token.start, token.end)
        if made and made[-1].end == one.start and _belongs(made[-1], one):
            before = made.pop()
            made.append(before._replace(word=""))
            one = one._replace(word=(before.word or before.form) + form)
        elif made and one.form == "게" and made[-1].tag[:2] == "VA":
            # 크게 says how much something rose or fell, and nothing rises by it.
            made.append(made.pop()._replace(word=""))
        made.append(one)
    return made


def words(sentence: Morphemes) -> list[str]:
    """The words that carry meaning."""
    return [morpheme.word for morpheme in sentence if morpheme.word]


def clauses(sentence: Morphemes) -> list[Morphemes]:
    """Up to each ending that joins clauses; 하지 않다 and 하고 있다 stay together."""
    found, start = [], 0
    for place, (one, following) in enumerate(pairwise(sentence)):
        if one.tag == "EC" and one.form not in {"지", "게"} and following.tag != "VX":
            found.append(sentence[start : place + 1])
            start = place + 1
    return [*found, sentence[start:]]


def _word(form: str, tag: str) -> str:
    if tag[:2] in _VERBS:
        form = f"{form}다"
    elif tag not in _NOUNS and tag != "MAG":
        return ""
    return "" if form in _LIGHT else form


def _belongs(before: Morpheme, one: Morpheme) -> bool:
    """대 and 성공 are one word, and so are 취업 and 률."""
    if before.tag == _PREFIX:
        return one.tag in _NOUNS
    return one.tag == _SUFFIX and bool(before.word) and one.form not in _LOOSE
