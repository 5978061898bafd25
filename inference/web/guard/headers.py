"""What every answer tells a browser."""

from collections.abc import Mapping

# An answer is data: nothing in it may be run, framed, or guessed to be something else.
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_BEHIND_TLS = {"Strict-Transport-Security": "max-age=31536000"}


def security_headers(scheme: str) -> Mapping[str, str]:
    """The headers for an answer over http or https."""
    return {**_ALWAYS, **_BEHIND_TLS} if scheme == "https" else _ALWAYS
