"""Whether a text speaks to a machine that reads it; a flag for people, never a reason to refuse."""

import html
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from inference.lanes.news_analysis.hygiene import tidy

# Letters of other scripts that look like Latin ones, and what they are taken for.
_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u03bf\u03b1\u03b9\u03bd\u0131\u0261",
    "aeopcyxijsdhoaivig",
)
# Characters that are made to carry ASCII unseen, letter by letter.
_CARRIERS = {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)}
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SPELT = re.compile(r"(?<!\w)(?:[^\W\d_][ ._*-]){4,}[^\W\d_](?!\w)")
_APART = re.compile(r"[ ._*-]")
# Between words and between letters of one sentence; a point inside a word ends none.
_WORDS = r"""(?:[\\s,"']+[^\\s,"'.!?;]+(?:\\.[^\\s,"'.!?;]+)*){0,\1}[\\s,"']+"""
_LETTERS = r"(?:[^.\\n]|\\.(?=\\S)){0,\1}"


class _Section(NamedTuple):
    needs: tuple[str, ...]
    phrases: re.Pattern[str]


def suspicious(*texts: str) -> bool:
    """True where a text gives orders to what analyses it, be they hidden, disguised or plain."""
    forms = dict.fromkeys(form for text in texts for form in _forms(text))
    return any(
        section.phrases.search(form)
        for form in forms
        for section in _sections()
        if any(word in form for word in section.needs)
    )


def _forms(text: str) -> list[str]:
    """As it stands, without its markup, and with letters put together that stand apart."""
    folded = _folded(text)
    unmarked = _folded(html.unescape(_TAG.sub("", text))) if "<" in text or "&" in text else folded
    spelt = _SPELT.sub(lambda found: _APART.sub("", found[0]), unmarked)
    return list(dict.fromkeys((folded, unmarked, spelt)))


def _folded(text: str) -> str:
    """Small letters, wide ones narrow, look-alikes as what they look like, unseen ones away."""
    # Some characters become eighteen: no text needs more than a few of those.
    narrow = unicodedata.normalize("NFKC", tidy(text.translate(_CARRIERS)))[: 2 * len(text)]
    return tidy(narrow).lower().translate(_ALIKE).replace("\u2019", "'")


@lru_cache(maxsize=1)
def _sections() -> tuple[_Section, ...]:
    """As phrases.txt has them, which also says how they are written."""
    said = (files(__package__) / "phrases.txt").read_text(encoding="utf-8")
    head, *sections = re.split(r"^\[.*\]$", said, flags=re.MULTILINE)
    entries = (line.partition("=") for line in _lines(head))
    words = {name.strip(): f"(?:{alike.strip()})" for name, _, alike in entries}
    return tuple(_section(_lines(section), words) for section in sections)


def _lines(said: str) -> list[str]:
    return [line for line in said.splitlines() if line and not line.startswith("#")]


def _section(lines: list[str], words: dict[str, str]) -> _Section:
    needs = tuple(need.strip() for need in lines[0].removeprefix("needs:").split(","))
    return _Section(needs, re.compile("|".join(_phrase(line, words) for line in lines[1:])))


def _phrase(line: str, words: dict[str, str]) -> str:
    """The regular expression of one line."""
    named = line
    for name, alike in words.items():
        named = named.replace(f"<{name}>", alike)
    gaps = re.sub(r" ?~(\d+) ?", _WORDS, re.sub(r"\u2026(\d+)", _LETTERS, named))
    return rf"(?:{gaps})".replace(" ", r"\s")
