"""Names of languages, as sources write them, as BCP 47 tags."""

import re

# As long as the contract lets a tag be.
_LONGEST = 35
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
# The tag, the three letters of ISO 639-2 (both kinds, where there are two), and the English name.
_NAMES = """
af afr Afrikaans|ar ara Arabic|bg bul Bulgarian|bn ben Bengali|ca cat Catalan
cs ces cze Czech|da dan Danish|de deu ger German|el ell gre Greek|en eng English
es spa Spanish|et est Estonian|fa fas per Persian|fi fin Finnish|fr fra fre French
he heb Hebrew|hi hin Hindi|hr hrv Croatian|hu hun Hungarian|hy hye arm Armenian
id ind Indonesian|is isl ice Icelandic|it ita Italian|ja jpn Japanese|ka kat geo Georgian
kk kaz Kazakh|km khm Khmer|ko kor Korean|lo lao Lao|lt lit Lithuanian|lv lav Latvian
mk mkd mac Macedonian|mn mon Mongolian|ms msa may Malay|my mya bur Burmese|ne nep Nepali
nl nld dut Dutch|no nor Norwegian|pa pan Punjabi|pl pol Polish|pt por Portuguese
ro ron rum Romanian|ru rus Russian|si sin Sinhala|sk slk slo Slovak|sl slv Slovenian
sq sqi alb Albanian|sr srp Serbian|sv swe Swedish|sw swa Swahili|ta tam Tamil|te tel Telugu
th tha Thai|tl tgl fil Tagalog|tr tur Turkish|uk ukr Ukrainian|ur urd Urdu|uz uzb Uzbek
vi vie Vietnamese|zh zho chi Chinese
"""
_KNOWN = {
    name.lower(): names[0]
    for names in (entry.split() for entry in re.split(r"[|\n]", _NAMES.strip()))
    for name in names
}


def tag(name: str) -> str | None:
    """`ko-KR` for `kor_KR`, `en` for `English`; None for what is no language at all."""
    first, *rest = re.split(r"[-_]", name.strip().lower())
    written = "-".join([_KNOWN.get(first, first), *rest])
    return _cased(written) if _TAG.fullmatch(written) and len(written) <= _LONGEST else None


def primary(language: str) -> str:
    """The language itself, without its region or script."""
    return language.partition("-")[0].lower()


def _cased(written: str) -> str:
    """Regions in capitals, scripts with one, as is usual."""
    first, *rest = written.split("-")
    cases = {2: str.upper, 4: str.title}
    return "-".join([first, *(cases.get(len(part), str.lower)(part) for part in rest)])
