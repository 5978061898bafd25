"""Text as its readers see it: composed, and without what is there but cannot be seen."""

import re
import unicodedata
from itertools import accumulate

# Control, format (zero-width, bidi, tags), surrogates and private use: nobody reads them.
_UNSEEN = {"Cc", "Cf", "Cs", "Co"}
# Letters and marks that are blank: Hangul fillers, joiners, variation selectors, an empty Braille.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Marks on one letter, as many as Unicode's own stream-safe form has: to compose them takes the
# square of their number, with every thread standing still.
_MOST_MARKS = 30
_LINES = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_ENDS = re.compile(r" ?\n[ \n]*")
# Most texts have nothing else than this, and are not looked at any further.
_TIDY = re.compile(r"(?:[!-~가-힣]|[ \n](?![ \n]))*")
# A point inside a number ends nothing; where no spaces are written, the wide marks end a sentence.
# Rows of points are looked at once, from their first one: an article of points would take minutes.
_SENTENCE = re.compile(
    ".+?(?:(?<![.!?\u2026])[.!?\u2026]++[\"')\\]\u2019\u201d]*+(?=\\s|$)"
    "|[\u3002\uff01\uff1f]+[\u2019\u201d\u300d\u300f\uff09]*|\n|$)\\s*",
    re.DOTALL,
)


def tidy(text: str) -> str:
    """NFC, without control, bidi and zero-width characters; one space, one line end at a time."""
    if _TIDY.fullmatch(text):
        return text.strip()
    seen = _seen(_BLANK.sub("", _LINES.sub("\n", text)))
    composed = unicodedata.normalize("NFC", _bare(seen))
    spaced = _SPACES.sub(" ", _bare(composed))  # some marks come apart into two
    return _ENDS.sub("\n", spaced).strip()


def line(text: str) -> str:
    """The same in one line, as titles and names are."""
    return tidy(text).replace("\n", " ")


def sentences(text: str) -> list[str]:
    """Its sentences, roughly; joined they are the text again."""
    return _SENTENCE.findall(text)


def cut(text: str, most: int) -> str:
    """At most so long, cut at the end of a sentence, or of a word, or where it must be."""
    if len(text) <= most:
        return text
    ends = [end for end in accumulate(map(len, sentences(text[: most + 1]))) if end <= most]
    if ends and ends[-1] >= most // 2:
        return text[: ends[-1]].strip()
    words = text[:most].rpartition(" ")[0]
    return (words if len(words) >= most // 2 else text[:most]).strip()


def _seen(text: str) -> str:
    """Looks at each character once, however often the text has it."""
    unseen = [it for it in set(text) - {"\n", "\t"} if unicodedata.category(it) in _UNSEEN]
    return text.translate(dict.fromkeys(map(ord, unseen))) if unseen else text


def _bare(text: str) -> str:
    """Without the marks that no letter has room for."""
    marks = "".join(it for it in set(text) if unicodedata.category(it).startswith("M"))
    if not marks:
        return text
    one = f"[{re.escape(marks)}]"
    return re.sub(f"({one}{{{_MOST_MARKS}}}){one}+", r"\1", text)
