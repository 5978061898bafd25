import pytest

from inference.stream import marks

HORIZON = 100


@pytest.mark.parametrize(
    ("published", "dispatched", "until", "mark"),
    [
        (5, 5, 0, ""),
        (5, 6, 0, "o100"),
        (5, 6, 5, "o100"),
        (5, 5, 9, "c9"),
        (5, 8, 9, "c9"),
        (9, 9, 9, ""),
    ],
)
def test_a_commit_says_what_is_in_flight_and_what_is_suspected(
    published: int, dispatched: int, until: int, mark: str
) -> None:
    assert (
        marks.write(published=published, dispatched=dispatched, until=until, reach=HORIZON) == mark
    )


@pytest.mark.parametrize(
    ("published", "until", "mark"), [(5, 0, ""), (5, 5, ""), (5, 9, "c9"), (9, 9, "")]
)
def test_leaving_in_order_takes_the_alarm_back_but_not_a_suspicion(
    published: int, until: int, mark: str
) -> None:
    assert marks.leave(published=published, until=until) == mark


@pytest.mark.parametrize(
    ("mark", "until"),
    [("", 0), ("o", 7 + HORIZON), ("o31", 7 + 31), ("c42", 42), ("c", 0), ("cx", 0), ("v1", 0)],
)
def test_a_mark_says_below_which_offset_records_are_suspected(mark: str, until: int) -> None:
    assert marks.suspected_until(mark, 7, HORIZON) == until


@pytest.mark.parametrize("mark", ["", "o", f"c{2**63 - 1}"])
def test_other_clients_can_read_every_mark(mark: str) -> None:
    assert mark.isascii()
    assert len(mark) < 4096
