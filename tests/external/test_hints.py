from datetime import UTC, datetime

import pytest

from inference.engines.external_ai.hints import duration, pause

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("6m0s", 360.0),
        ("12ms", 0.012),
        ("1h2m3.5s", 3723.5),
        ("8.64s", 8.64),
        ("150µs", 0.00015),
        ("59", 59.0),
        ("0.5", 0.5),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("5 parsecs", None),
        ("6m0", None),
        ("", None),
        (None, None),
        ("99999999", 86400.0),
    ],
)
def test_durations_of_every_form_are_understood(said: str | None, seconds: float | None) -> None:
    assert duration(said) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "20", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sat, 21 Nov 2026"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": f"Sat, 21 Nov {'9' * 30} 12:00:30 GMT"}, None),
        ({"retry-after": f"Sat, 21 Nov 2026 12:00:30 +{'9' * 30}"}, None),
        ({"retry-after-ms": "soon", "retry-after": "2s"}, 2.0),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_from_seconds_milliseconds_and_dates(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert pause(headers, NOW) == seconds
