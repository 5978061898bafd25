import pytest

from consumer import times

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5s", 5), ("500ms", 0.5), ("2h", 7200), ("7d", 604800), ("5", 5), ("1.5m", 90), (" 1 s ", 1)],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert times.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-5s", "5 weeks", "1e9s", "∞", "٣s", "9" * 30])
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert times.seconds(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", NOW - 7_200_000),
        ("2023-11-14T22:13:20Z", NOW),
        ("2023-11-14T23:13:20+01:00", NOW),
        ("2023-11-14T22:13:20", NOW),
        ("999999999d", 0),
    ],
)
def test_a_moment_is_a_time_or_how_long_ago(text: str, moment: int) -> None:
    assert times.moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2023-13-01T00:00:00Z", "\x00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert times.moment(text, NOW) is None
