"""What an analysis may take from a text: words that are in it, and no addresses."""

import re
import unicodedata
from functools import cached_property
from typing import NamedTuple

from inference.lanes.news_analysis.hygiene import cut, line, sentences
from inference.lanes.news_analysis.markup import plain
from inference.lanes.news_analysis.suspicion import suspicious

FEWEST, MOST_KEYWORD, MOST_NAME = 2, 60, 100
# Anything that somebody, or a program, might follow; also where its dots or slashes are disguised.
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*:/|(?<![a-z])(?:javascript|data|mailto|tel|file|vbscript):\S|\bwww\d?\s?\.|\S@\S+\.\S"
    r"|\]\s?\(|\[\.\]|\(dot\)|\bhxxps?|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,24}[/?:]\S",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.(?:com|net|org|info|biz|io|ai|app|dev|co|me|tv|kr"
    r"|jp|cn|uk|us|eu|ru|xyz|top|site|online|shop|club|link|click|live|gg|ly|to|example|test|invalid)\b",
    re.IGNORECASE,
)
_EDGES = (
    " \t\n.,;:!?\"'`*_#()[]{}<>|/\\-\u00b7\u2013\u2014\u2018\u2019\u201c\u201d\u2026"
    "\u3008\u3009\u300a\u300b\u300c\u300d\u300e\u300f"
)


class Words:
    """A text in which words are looked for."""

    def __init__(self, text: str, *, hosts: bool = True) -> None:
        self._text = line(text)
        self._lower = self._text.lower()
        self._hosts = hosts

    def find(self, words: str) -> str | None:
        """As the text has them: whole words, in any case; None where it does not have them."""
        span = self._spelt_out(words.lower()) if words.isascii() else self._joined(words.lower())
        if span is None:
            return None
        same = len(self._lower) == len(self._text)
        return (self._text if same else self._lower)[slice(*span)]

    def names(self, host: str) -> bool:
        """A host without a path may be the name of a company, if the text is to be trusted."""
        return self._hosts and self.find(host) is not None

    def _spelt_out(self, words: str) -> tuple[int, int] | None:
        """An ending such as `s` may follow."""
        if words not in self._lower:
            return None
        pattern = rf"(?<![a-z0-9])({re.escape(words)})(?:e?s|'s|\u2019s)?(?![a-z0-9])"
        found = re.search(pattern, self._lower)
        return found.span(1) if found else None

    def _joined(self, words: str) -> tuple[int, int] | None:
        """Korean compounds are written together or apart, as the writer likes."""
        letters = "".join(words.split())
        if letters not in self._without_spaces:
            return None
        found = re.search(" ?".join(map(re.escape, letters)), self._lower)
        return found.span() if found else None

    @cached_property
    def _without_spaces(self) -> str:
        return "".join(self._lower.split())


class Told(NamedTuple):
    """What is left of a summary, and what was done to it."""

    text: str
    missed: bool
    cut: bool


def told(summary: str, most: int, words: Words) -> Told:
    """Its sentences that have neither address nor instruction, cut at the end of one."""
    found = plain(cut(summary, most * 8))
    given = [sentence for sentence in sentences(found) if sentence.strip()]
    kept = [sentence for sentence in given if _honest(sentence, words)]
    text = line("".join(kept))
    if suspicious(text):
        return Told("", missed=True, cut=False)
    return Told(cut(text, most), len(kept) < len(given), len(text) > most)


def keyword(given: str, words: Words) -> str | None:
    """As the text has it; None where it is too short or long, an address, or not there."""
    found = named(given, words)
    fits = found and FEWEST <= len(found) <= MOST_KEYWORD and any(map(str.isalpha, found))
    return found.lower() if found and fits else None


def named(given: str, words: Words) -> str | None:
    """A name in the text's own letters; None as for keywords."""
    looked_for = line(given[: MOST_NAME * 2]).strip(_EDGES)
    if not 0 < len(looked_for) <= MOST_NAME or not _honest(looked_for, words):
        return None
    found = words.find(looked_for)
    return found if found and len(found) <= MOST_NAME else None


def _honest(text: str, words: Words) -> bool:
    """Wide letters and other forms of a letter make an address as well."""
    narrow = unicodedata.normalize("NFKC", text)
    if _ADDRESS.search(narrow) or suspicious(text):
        return False
    return all(words.names(host) for host in _HOST.findall(narrow))
