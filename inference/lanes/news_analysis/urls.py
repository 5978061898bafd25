"""Addresses of articles: one way to write each, without what only says who followed the link."""

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit

from inference.lanes.news_analysis.hygiene import tidy

_TRACKING = re.compile(
    r"utm_\w+|hsa_\w+|mtm_\w+|matomo_\w+|pk_\w+|piwik_\w+|at_(?:medium|campaign|custom\d|link\w*)"
    r"|f?b?clid|[gdy]clid|gclsrc|gbraid|wbraid|msclkid|twclid|ttclid|li_fat_id|igshid|igsh|mc_[ce]id"
    r"|mkt_tok|_hsenc|_hsmi|__hs\w+|_g[al]|ga_\w+|oly_(?:anon|enc)_id|vero_(?:id|conv)|wt_mc\w*"
    r"|ref_src|ref_url|cmpid|cid_source|ncid|ocid|smid|smtyp|spm|scm|xtor|s_cid|s_kwcid|ito"
    r"|guccounter|guce_\w+|soc_(?:src|trk)|sr_share|share_?id|fb_(?:action|ref|source)\w*|wprov"
    r"|rb_clickid|trk|trkcampaign|dicbo|cvid|ei_source|feature_share|nclick\w*",
    re.IGNORECASE,
)
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
# As long as the name system lets a name be.
_NAME = re.compile(r"[a-z0-9._-]{1,253}")
_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000
_SAFE = "%!$&'()*+,;=:@/?~[]-._"


def canonical(url: str) -> str | None:
    """The same address in its one form; None where it is none of http or https.

    Host in small letters, no user, no default port, no fragment; parameters sorted, tracking gone.
    """
    try:
        parts = urlsplit("".join(tidy(url).split()))
        host, port = _host(parts), parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host:
        return None
    place = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    query = _query(parts.query)
    found = f"{parts.scheme}://{place}{_escaped(parts.path) or '/'}{'?' if query else ''}{query}"
    return found if len(found) <= _LONGEST else None


def host(url: str) -> str:
    """Who serves an address, without the usual first label."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _host(parts: SplitResult) -> str:
    """In the letters that the name system has, so that two spellings of a host are one."""
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        return f"[{name}]"
    written = name if name.isascii() else name.encode("idna").decode()
    return written if _NAME.fullmatch(written) else ""


def _query(query: str) -> str:
    """Sorted by name; the values of a name that comes twice keep their order."""
    pairs = [pair for pair in query.split("&") if pair]
    kept = [pair for pair in pairs if not _TRACKING.fullmatch(unquote(_name(pair)))]
    return "&".join(sorted(map(_escaped, kept), key=_name))


def _name(pair: str) -> str:
    return pair.partition("=")[0]


def _escaped(part: str) -> str:
    """Escapes that are there stay, in capitals: which bytes they mean, only the host knows."""
    quoted = quote(_BARE_PERCENT.sub("%25", part), safe=_SAFE)
    return _ESCAPE.sub(lambda found: found[0].upper(), quoted)
