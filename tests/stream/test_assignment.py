from traffic import place

from inference.stream.assignment import Assignment

HORIZON = 100
OPEN = f"o{HORIZON}"
TP = place(0)


def assignment(offset: int = 0, mark: str = "") -> Assignment:
    made = Assignment(HORIZON)
    made.assigned([TP])
    made.settle(TP, offset, mark)
    return made


def test_what_is_ours_is_known_before_anybody_knows_where_it_stands() -> None:
    made = Assignment(HORIZON)
    made.assigned([TP])
    assert made.partitions == {TP}
    assert made.unsettled == {TP}
    made.settle(TP, 5, "")
    assert made.partitions == {TP}
    assert not made.unsettled


def test_records_that_follow_are_accepted() -> None:
    made = assignment(5)
    assert made.accepts(TP, 5) is None
    made.dispatched({TP: 9})
    assert made.accepts(TP, 9) is None


def test_a_hole_is_looked_at_again_and_believed_the_second_time() -> None:
    made = assignment(5)
    assert made.accepts(TP, 8) == 5
    assert made.accepts(TP, 8) is None


def test_a_hole_that_closes_was_none() -> None:
    made = assignment(5)
    assert made.accepts(TP, 8) == 5
    assert made.accepts(TP, 5) is None
    made.dispatched({TP: 8})
    assert made.accepts(TP, 8) is None


def test_another_hole_is_looked_at_on_its_own() -> None:
    made = assignment(5)
    assert made.accepts(TP, 8) == 5
    assert made.accepts(TP, 9) == 5
    assert made.accepts(TP, 9) is None


def test_what_was_handed_out_already_is_skipped() -> None:
    made = assignment(5)
    made.dispatched({TP: 9})
    assert made.accepts(TP, 6) == 9
    assert made.accepts(TP, 9) is None


def test_a_partition_that_was_emptied_is_begun_again_once_nothing_of_it_is_in_flight() -> None:
    """A topic that was deleted and created again begins at 0, far before the last commit."""
    made = assignment(5)
    made.committed(made.to_mark([TP]))
    made.dispatched({TP: 9})
    assert made.accepts(TP, 0) == 9
    assert made.accepts(TP, 0) == 9
    made.published({TP: 9})
    assert made.accepts(TP, 0) is None
    assert made.to_mark([TP]) == {TP: (0, OPEN)}
    made.dispatched({TP: 3})
    made.published({TP: 3})
    assert made.to_commit(leaving=True) == {TP: (3, "")}


def test_the_first_records_of_a_partition_wait_for_a_mark_and_later_ones_do_not() -> None:
    made = assignment(5)
    commits = made.to_mark([TP])
    assert commits == {TP: (5, OPEN)}
    made.committed(commits)
    made.dispatched({TP: 9})
    made.published({TP: 9})
    assert not made.to_mark([TP])


def test_a_mark_that_did_not_reach_the_broker_is_asked_for_again() -> None:
    made = assignment(5)
    made.to_mark([TP])
    assert made.to_mark([TP]) == {TP: (5, OPEN)}


def test_a_suspicion_takes_the_place_of_the_alarm_until_it_is_cleared() -> None:
    made = assignment(5, "o")
    assert made.parts[TP].careful
    assert made.to_mark([TP]) == {TP: (5, f"c{5 + HORIZON}")}


def test_records_behind_a_suspicion_wait_until_it_is_cleared_and_for_a_mark_of_their_own() -> None:
    made = assignment(5, "c9")
    made.committed(made.to_mark([TP]))
    made.dispatched({TP: 12})
    assert made.parts[TP].careful
    made.published({TP: 12})
    assert not made.parts[TP].careful
    assert made.to_mark([TP]) == {TP: (12, OPEN)}


def test_a_progress_commit_behind_a_suspicion_is_such_a_mark() -> None:
    made = assignment(5, "c9")
    made.committed(made.to_mark([TP]))
    made.dispatched({TP: 12})
    made.published({TP: 12})
    made.committed(made.to_commit(leaving=False))
    assert made.parts[TP].written == (12, OPEN)
    assert not made.to_mark([TP])


def test_a_mark_is_taken_back_when_nothing_went_out_since_the_last_commit() -> None:
    made = assignment(5)
    made.committed(made.to_mark([TP]))
    made.dispatched({TP: 6})
    made.published({TP: 6})
    assert made.to_commit(leaving=False) == {TP: (6, OPEN)}
    made.committed({TP: (6, OPEN)})
    assert made.to_commit(leaving=False) == {TP: (6, "")}


def test_once_a_mark_is_being_taken_back_the_next_record_waits_for_a_new_one() -> None:
    made = assignment(5)
    made.committed(made.to_mark([TP]))
    made.dispatched({TP: 6})
    made.published({TP: 6})
    made.committed(made.to_commit(leaving=False))
    made.to_commit(leaving=False)
    assert made.to_mark([TP]) == {TP: (6, OPEN)}


def test_a_partition_that_was_never_read_is_never_committed() -> None:
    made = assignment(5, "o")
    assert not made.to_commit(leaving=False)
    assert not made.to_commit(leaving=True)


def test_it_is_told_how_far_it_ran_beyond_its_last_commit() -> None:
    made = assignment(5)
    assert made.ahead() == 0
    made.dispatched({TP: 55})
    assert made.ahead() == 0.5
    made.published({TP: 55})
    made.committed(made.to_commit(leaving=False))
    assert made.ahead() == 0


def test_a_mark_that_was_written_stands_until_its_records_have_gone_out() -> None:
    made = assignment(5)
    made.committed(made.to_mark([TP]))
    made.dispatched({TP: 6})
    made.published({TP: 6})
    made.committed(made.to_commit(leaving=False))
    made.committed(made.to_commit(leaving=False))
    made.committed(made.to_mark([TP]))
    made.committed(made.to_commit(leaving=False))
    made.committed(made.to_commit(leaving=False))
    assert made.parts[TP].written == (6, OPEN)
