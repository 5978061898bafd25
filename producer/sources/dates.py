"""When an entry appeared, from the ways in which feeds write it."""

from datetime import datetime, timedelta, tzinfo

from inference import dates


def moment(text: str, zone: tzinfo | None = None) -> datetime | None:
    """The moment in UTC; None where it cannot be understood, or names no zone and is of none."""
    try:
        return dates.moment(text, zone=zone)
    except dates.NotADate:
        return None


def seconds(text: str, now: datetime) -> float | None:
    """How long `Retry-After` asks to wait: a number of seconds, or a date."""
    if text.strip().isdecimal():
        return float(text)
    until = moment(text)
    return None if until is None else max((until - now) / timedelta(seconds=1), 0.0)
