"""What a provider's headers say about waiting: seconds, dates, Go's durations."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# "1h2m3.5s", "6m0s", "12ms"; `ms` and `us` must be looked for before `m` and `s`.
_PART = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|μs|ms|h|m|s)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6}
_UNITS["ns"] = 1e-9
# A provider that says more has made a mistake, or wants never to be asked again.
_LONGEST = 24 * 3600.0

Heads = Mapping[str, str]


def duration(said: str | None) -> float | None:
    """Seconds in `12`, `0.5` or one of Go's durations; None where it is neither."""
    text = (said or "").strip()
    parts = _PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return _sane(sum(float(number) * _UNITS[unit] for number, unit in parts))
    return _sane(number(text))


def number(said: str | None) -> float | None:
    """A finite number, or None."""
    try:
        found = float(said or "")
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def pause(headers: Heads, now: datetime | None = None) -> float | None:
    """Seconds to wait, of `retry-after-ms` or `retry-after` as seconds, duration or date."""
    milliseconds = number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _sane(milliseconds / 1000)
    said = headers.get("retry-after")
    seconds = duration(said)
    return seconds if seconds is not None else _until(said, now or datetime.now(UTC))


def _until(said: str | None, now: datetime) -> float | None:
    try:
        date = parsedate_to_datetime(said or "")
    except (ValueError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return _sane(max(0.0, (date - now).total_seconds()))


def _sane(seconds: float | None) -> float | None:
    return None if seconds is None or seconds < 0 else min(seconds, _LONGEST)
