"""Moments, as milliseconds since 1970: how they are kept, asked for and shown."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m|h|d)?", re.ASCII)


def milliseconds(moment: datetime) -> int:
    """A moment as it is kept; without a zone it is taken for UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def milliseconds_of(span: timedelta) -> int:
    """A length of time as it is kept."""
    return span // timedelta(milliseconds=1)


def shown(moment: int) -> datetime:
    """A moment as a person reads it."""
    return _EPOCH + timedelta(milliseconds=moment)


def bounded(timestamp: int) -> int:
    """A Kafka timestamp, which its sender may have set to anything, as one that can be shown."""
    return min(max(timestamp, 0), _LATEST)


def seconds(text: str) -> float | None:
    """A duration such as `5s`, `500ms`, `2h` or `7d`; a bare number is seconds."""
    found = _DURATION.fullmatch(text.strip())
    return float(found[1]) * _UNITS[found[2] or "s"] if found else None


def moment(text: str, now: int) -> int | None:
    """An RFC 3339 time, or how long ago: `2h`; in milliseconds since 1970."""
    ago = seconds(text)
    if ago is not None:
        return bounded(now - int(ago * 1000))
    try:
        return milliseconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
