import pytest
from performing import Perform

from benchmarks.chaos.plans import poisonous, stormy
from benchmarks.chaos.schedule import Storm

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400)]


def test_each_record_is_answered_once_and_in_order_whoever_is_killed(
    perform: Perform, seed: str
) -> None:
    report = perform(stormy(seed, 20_000, Storm(seconds=45, workers=2, kills=6, freezes=1)))
    assert report.complaints() == []
    assert min(report.injected["send"], report.injected["run"]) > 10
    assert sum(set(death.struck) != set() for death in report.deaths) >= 6


def test_records_that_kill_cost_two_workers_each_at_most_and_no_innocent_its_answer(
    perform: Perform, seed: str
) -> None:
    report = perform(poisonous(seed, 3_000, workers=3))
    assert report.complaints() == []
    assert 1 <= len(report.own_deaths) <= 6
