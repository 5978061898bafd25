import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.dates import NAIVE, NotADate, moment

NINE = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T09:00:00+09:00",
        "2026-11-20T00:00:00Z",
        "2026-11-20t00:00:00.000z",
        "2026-11-20 09:00:00 +0900",
        "2026-11-20 00:00 UTC",
        "2026-11-20T09:00 KST",
        "20261120T000000Z",
        "Fri, 20 Nov 2026 09:00:00 +0900",
        "Fri, 20 Nov 2026 00:00:00 GMT",
        "20 Nov 2026 00:00:00 -0000",
        "Fri, 20 Nov 2026 09:00:00 JST (Japan)",
        "  Thu, 19 Nov 2026 19:00:00 EST ",
        "1795132800",
        "1795132800000",
        1795132800,
        1795132800000,
        1795132800.0,
        datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=9))),
    ],
)
def test_every_listed_form_is_the_same_moment_in_utc(written: object) -> None:
    found = moment(written)
    assert found == NINE
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "written",
    ["2026-11-20T09:00:00", "2026-11-20", "20261120T000000", "Fri, 20 Nov 2026 09:00:00"],
)
def test_a_date_without_a_time_zone_is_refused_and_not_guessed_at(written: str) -> None:
    with pytest.raises(NotADate, match="no time zone"):
        moment(written)


def test_a_date_without_one_is_of_a_zone_that_is_known() -> None:
    seoul = timezone(timedelta(hours=9))
    assert moment("2026-11-20 09:00:00", zone=seoul) == NINE
    assert moment("2026-11-20 00:00:00 UTC", zone=seoul) == NINE


def test_an_endless_text_is_refused_at_once() -> None:
    began = time.perf_counter()
    for written in ("2026" + " " * 300_000 + "x", "2026" + " \u00a0(" * 100_000, "KST " * 100_000):
        with pytest.raises(NotADate):
            moment(written)
    assert time.perf_counter() - began < 1


def test_a_naive_datetime_is_refused_too() -> None:
    with pytest.raises(NotADate) as refused:
        moment(NINE.replace(tzinfo=None))
    assert str(refused.value) == NAIVE


@pytest.mark.parametrize(
    "written",
    [
        *("yesterday", "", "2026", "20261120000000", "2026-13-01T00:00Z", "0", "-1", "9e99"),
        *(0, -5, 10**30, 10**400, float("inf"), float("nan"), True, None, [], {}),
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_date_of_our_time_is_refused(written: object) -> None:
    with pytest.raises(NotADate):
        moment(written)


@given(st.text() | st.text("0123456789 :+-TZ.,GMTNovFri", max_size=40))
def test_any_text_is_a_moment_in_utc_or_no_date(written: str) -> None:
    try:
        found = moment(written)
    except NotADate:
        return
    assert found.utcoffset() == timedelta(0)
