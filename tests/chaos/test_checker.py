from dataclasses import replace

import pytest
from histories import histories
from hypothesis import given
from hypothesis import strategies as st
from spoiled import SPOILS, Spoil, lose

from benchmarks.chaos.checker import Breach, History, check

SPOILED = [pytest.param(*how, id=name.replace(" ", "-")) for name, how in SPOILS.items()]


@given(histories())
def test_a_run_that_kept_the_promise_is_clean_however_much_was_done_again(history: History) -> None:
    assert check(history) == []


@given(histories())
def test_duplicates_are_what_a_store_that_upserts_would_not_notice(history: History) -> None:
    assert history.duplicates == len(history.answers) - len(history.asked)


@pytest.mark.parametrize(("spoil", "breach"), SPOILED)
@given(st.data(), histories())
def test_the_checker_catches(
    spoil: Spoil, breach: Breach, data: st.DataObject, history: History
) -> None:
    assert breach in {violation.breach for violation in check(spoil(data, history))}


@given(st.data(), histories())
def test_a_record_that_was_perhaps_never_written_may_go_unanswered(
    data: st.DataObject, history: History
) -> None:
    lost = lose(data, history)
    gone = {asked.identity for asked in lost.asked} - lost.first.keys()
    known = [asked for asked in lost.asked if asked.identity not in gone]
    assert check(replace(lost, asked=known, doubtful=frozenset(gone))) == []


@given(st.data(), histories())
def test_a_record_that_was_perhaps_never_written_may_be_answered(
    data: st.DataObject, history: History
) -> None:
    doubtful = data.draw(st.sampled_from(history.asked))
    known = [asked for asked in history.asked if asked != doubtful]
    assert check(replace(history, asked=known, doubtful=frozenset({doubtful.identity}))) == []
