"""Bytes to text, by the encodings that publishers use and by no other codec of Python's."""

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What pages are labelled with is often the name of the smaller set: these codecs know the larger.
_CODECS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "utf-16": "utf-16",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "cp949": "cp949",
    "uhc": "cp949", "windows-949": "cp949", "ms949": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp", "iso-2022-kr": "iso2022_kr",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs",
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "koi8-r": "koi8_r", "koi8-u": "koi8_u",
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-{n}": f"cp{n}" for n in range(1250, 1259)},
}  # fmt: skip
# How a document of either kind names its own encoding.
XML = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""")
HTML = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_LOOKED_AT = 4096


def decoded(data: bytes, label: re.Pattern[bytes], content_type: str = "") -> str:
    """The text, in the first encoding named for it that fits; bytes that fit none are replaced.

    What the document says of itself goes before what its server says, which often is a default.
    """
    candidates = [codec for codec in _candidates(data, label, content_type) if codec is not None]
    for codec in candidates:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode(candidates[0], "replace")


def _candidates(data: bytes, label: re.Pattern[bytes], content_type: str) -> Iterator[str | None]:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            yield codec
    if found := label.search(data[:_LOOKED_AT]):
        yield _CODECS.get(found[1].decode().lower())
    yield "utf-8"  # hardly any text of another encoding passes for it
    if said := _CHARSET.search(content_type):
        yield _CODECS.get(said[1].lower())
