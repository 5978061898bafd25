"""English text in sentences, clauses and words."""

import re
from collections.abc import Iterator

from inference.lanes.news_analysis.local.phrasebook import Words

# A full stop ends a sentence unless it belongs to a title or to a single letter.
_END = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bMrs\.)(?<!\bvs\.)(?<!\bNo\.)"
    r"(?<=[.!?])[\"'\u201d\u2019)]*\s+(?=[\"'\u201c\u2018(]*[A-Z0-9])|\n+"
)
_JOINT = re.compile(
    r"[,;:()\u2013\u2014\n]|\b(?:and|but|as|while|because|although|though|when|after|before|that|which|who)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"'s\b")
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
_LONG = 3
_CAPITAL = r"[A-Z][\w'\u2019.&-]*"
_NAME = re.compile(rf"{_CAPITAL}(?:\s+(?:(?:of|for|de|van|von)\s+)?{_CAPITAL})*")


def sentences(text: str) -> list[str]:
    """The text's sentences; a line is one at least."""
    return [stripped for part in _END.split(text) if (stripped := part.strip())]


def clauses(sentence: str) -> list[str]:
    """Parts of a sentence that each have a subject of their own, more or less."""
    return [part for part in _JOINT.split(sentence) if part.strip()]


def words(text: str) -> list[str]:
    """Lower case, without possessives."""
    plain = text.lower().replace("\u2019", "'")
    return _WORD.findall(_POSSESSIVE.sub("", plain))


def topical(text: str) -> Words:
    """The words, with plurals taken for singulars."""
    return tuple(map(singular, words(text)))


def exact(text: str) -> Words:
    """The words as they are."""
    return tuple(words(text))


def singular(word: str) -> str:
    """A word without the `s` that may be a plural's; what it does to others, it does everywhere."""
    if len(word) <= _LONG or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def capitalised(sentence: str) -> Iterator[str]:
    """Rows of words with capitals: `Ministry of Health` is one."""
    for found in _NAME.finditer(sentence):
        yield found.group()
