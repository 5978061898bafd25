"""The language of a text: by its script, then by its letters."""

import re
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from inference.lanes.news_analysis.languages import primary

UNDETERMINED = "und"
# Below this many Latin letters every guess is a guess.
FEWEST_LATIN = 20
# A language shows in the first lines; more text costs time and says no more.
LOOKED_AT = 1_000
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\uff66-\uff9d]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
# A Chinese text may name a Korean in Hangul, but Korean with many Chinese characters has particles.
_SOME, _FEW = 0.2, 0.05
# One letter of these scripts says about as much as three Latin ones.
_WEIGHT = 3
# Languages in other scripts than Latin: a Latin text that is said to be in one is not.
_OF_ASIAN_SCRIPT = {"ko", "ja", "zh"}
_OF_LATIN_SCRIPT = "en de fr es it pt nl sv da no fi pl cs tr id vi ro hu"
SURE = 0.95


def language(text: str, said: str | None) -> str:
    """Its language; what the sender says counts where the letters leave a doubt."""
    part = text[:LOOKED_AT]
    hangul, kana, han = (len(script.findall(part)) for script in (_HANGUL, _KANA, _HAN))
    latin, asian = len(_LATIN.findall(part)), hangul + kana + han
    claimed = primary(said) if said else None
    if asian * _WEIGHT > latin:
        return _asian(hangul / asian, kana / asian, claimed)
    if latin * 2 < len(_LETTER.findall(part)):
        return claimed or UNDETERMINED
    if claimed and claimed not in _OF_ASIAN_SCRIPT:
        return claimed
    return UNDETERMINED if latin < FEWEST_LATIN else _latin(part)


def _latin(text: str) -> str:
    """English unless it is surely another: headlines of names and places look like any language."""
    found, sureness = _identifier().classify(text)
    return str(found) if sureness >= SURE else "en"


def _asian(hangul: float, kana: float, claimed: str | None) -> str:
    """By the shares of its letters; a Japanese title may have nothing but Chinese characters."""
    if hangul > kana and hangul >= _SOME:
        return "ko"
    if kana >= _FEW:
        return "ja"
    return claimed if claimed in _OF_ASIAN_SCRIPT else "zh"


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """Read once, when the first text needs it: it takes most of a second."""
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(_OF_LATIN_SCRIPT.split())
    return found
