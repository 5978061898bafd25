from hypothesis import given
from hypothesis import strategies as st

from inference.engines.runtime.buckets import LARGEST, Cap, bucket, buckets
from inference.engines.runtime.costs import AROUND, ENOUGH, Cost, Measured, caps, fit
from inference.lane import Caps

SECONDS = st.floats(1e-5, 1.0)
COSTS = st.builds(Cost, st.floats(0, 0.5), st.floats(1e-6, 0.5))


@given(st.integers(1, 10_000))
def test_a_bucket_is_the_next_power_of_two(count: int) -> None:
    found = bucket(count)
    assert count <= found < 2 * count
    assert found & (found - 1) == 0
    assert buckets(count)[-1] == found


def test_buckets_go_up_to_what_all_fit_into() -> None:
    assert buckets(128) == [1, 2, 4, 8, 16, 32, 64, 128]
    assert buckets(100)[-1] == 128
    assert buckets(1) == [1]


def test_a_cap_is_halved_until_one_does_not_fit_either() -> None:
    cap, tried = Cap(), []
    while cap.too_large(cap.now):
        tried.append(cap.now)
    assert tried == [64, 32, 16, 8, 4, 2, 1]
    assert cap.now == 1


def test_a_smaller_batch_that_does_not_fit_halves_its_own_bucket() -> None:
    cap = Cap()
    cap.too_large(20)
    assert cap.now == 16


def test_more_is_tried_again_after_long_success_and_never_more_than_at_first() -> None:
    cap = Cap(64, patience=3)
    cap.too_large(64)
    for _ in range(3):
        cap.fitted(31)
    assert cap.now == 32
    for _ in range(30):
        cap.fitted(cap.now)
    assert cap.now == 64


@given(COSTS)
def test_a_line_is_found_again_from_points_on_it(cost: Cost) -> None:
    found = fit([Measured(size, cost.seconds(size)) for size in buckets(64)])
    assert abs(found.seconds(64) - cost.seconds(64)) <= 1e-6 + 1e-4 * cost.seconds(64)
    assert abs(found.seconds(1) - cost.seconds(1)) <= 1e-6 + 1e-4 * cost.seconds(1)


@given(st.lists(SECONDS, min_size=1, max_size=8))
def test_no_part_of_a_cost_is_negative_whatever_was_measured(seconds: list[float]) -> None:
    found = fit([Measured(1 << power, each) for power, each in enumerate(seconds)])
    assert found.each >= 0
    assert found.once >= -1e-9


def share_of_the_fastest(cost: Cost, size: int) -> float:
    return cost.each * size / (AROUND + cost.seconds(size))


@given(COSTS, st.floats(1e-4, 2))
def test_the_steady_cap_keeps_to_the_target_and_is_no_smaller_than_helps(
    cost: Cost, target: float
) -> None:
    steady = caps(cost, target, 1, LARGEST).steady
    assert 1 <= steady <= LARGEST
    assert steady == 1 or cost.seconds(steady) <= target * (1 + 1e-9)
    as_large_as_fits = cost.seconds(steady + 1) > target * (1 - 1e-9)
    as_large_as_helps = share_of_the_fastest(cost, steady) >= ENOUGH - 1e-9
    assert steady == LARGEST or as_large_as_fits or as_large_as_helps


@given(COSTS, st.floats(1e-4, 1), st.floats(1e-4, 1))
def test_a_longer_target_allows_no_smaller_batches(cost: Cost, one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert caps(cost, short, 1, LARGEST).steady <= caps(cost, long, 1, LARGEST).steady


@given(COSTS, st.floats(1e-4, 1), st.integers(1, LARGEST))
def test_a_backlog_is_read_in_batches_that_are_nearly_as_fast_as_any(
    cost: Cost, target: float, least: int
) -> None:
    found = caps(cost, target, least, LARGEST)
    assert max(found.steady, least) <= found.backlog <= LARGEST
    fast = share_of_the_fastest(cost, found.backlog) >= ENOUGH - 1e-9
    assert fast or found.backlog == LARGEST


def test_a_cpu_takes_few_at_once_and_a_gpu_many() -> None:
    assert caps(Cost(0.0, 0.1), 0.1, 1, LARGEST) == Caps(1, 1)
    assert caps(Cost(0.0, 0.007), 0.1, 8, LARGEST) == Caps(2, 8)
    assert caps(Cost(0.002, 0.00008), 0.01, 1, LARGEST) == Caps(100, 128)
