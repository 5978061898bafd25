"""Dates as news sources and feeds write them, as moments in UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

UNKNOWN = (
    "is no date that is known here: ISO 8601 (2026-11-20T09:00:00+09:00), RFC 822 "
    "(Fri, 20 Nov 2026 09:00:00 +0900), 20261120T000000Z, or seconds since 1970"
)
NAIVE = "says no time zone: write one, such as 2026-11-20T09:00:00+09:00 or …Z"
# From 1990 to 2100; what lies outside was meant as something else.
_FIRST, _LAST = 631_152_000, 4_102_444_800
# Of what is longer nothing is looked at: no date is, and patterns take the square of it.
_LONGEST = 100
_NUMBER = re.compile(r"\d{9,13}(\.\d+)?")
_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")
# RFC 822 knows the zones of one country; feeds of others name theirs as well.
_ZONES = {"KST": "+0900", "JST": "+0900", "UTC": "+0000", "Z": "+0000"}
_ZONE = re.compile(r"\s*\b(" + "|".join(_ZONES) + r")$", re.IGNORECASE)


class NotADate(ValueError):
    """The message says what is wrong with it, and never quotes it."""


def moment(given: object, *, zone: tzinfo | None = None) -> datetime:
    """The moment that is meant, in UTC; what names no time zone is of `zone`, or is refused.

    A zone is never guessed at: hours that are would be counted as if they were true.
    """
    if isinstance(given, datetime):
        return _aware(given, zone)
    if isinstance(given, int | float) and not isinstance(given, bool):
        return _since_1970(given)
    text = " ".join(given.split()) if isinstance(given, str) else ""
    if len(text) > _LONGEST:
        raise NotADate(UNKNOWN)
    if _NUMBER.fullmatch(text):
        return _since_1970(float(text))
    return _aware(_written(text), zone)


def _written(text: str) -> datetime:
    for read in (_iso_8601, _rfc_822):
        found = _tried(read, text)
        if found is not None:
            return found
    raise NotADate(UNKNOWN)


def _tried(read: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        return read(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso_8601(text: str) -> datetime:
    """Also its basic form, which GDELT uses, and a zone that stands apart or has a name."""
    zoned = _ZONE.sub(lambda found: _ZONES[found[1]], text.upper())
    return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d)", "", zoned))


def _rfc_822(text: str) -> datetime:
    """`-0000` is UTC as well; it only says nothing of where the sender is."""
    zoned = _ZONE.sub(lambda found: f" {_ZONES[found[1].upper()]}", _COMMENT.sub("", text))
    found = parsedate_to_datetime(zoned)
    return found.replace(tzinfo=UTC) if zoned.endswith("-0000") else found


def _since_1970(number: float) -> datetime:
    """Seconds or milliseconds, whichever gives a date of our time."""
    for unit in (1, 1000):
        if _FIRST * unit <= number < _LAST * unit:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / unit)
    raise NotADate(UNKNOWN)


def _aware(found: datetime, zone: tzinfo | None) -> datetime:
    if found.utcoffset() is None:
        if zone is None:
            raise NotADate(NAIVE)
        found = found.replace(tzinfo=zone)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise NotADate(UNKNOWN) from error
