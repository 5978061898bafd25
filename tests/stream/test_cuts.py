from hypothesis import given
from hypothesis import strategies as st
from traffic import place, record

from inference.stream.batch import AROUND, cuts

SIZES = st.lists(st.integers(0, 600), max_size=12)
FETCHED = st.lists(SIZES, max_size=4)


@given(FETCHED, st.integers(1, 3000))
def test_every_record_is_in_exactly_one_cut_and_in_order(sizes: list[list[int]], most: int) -> None:
    fetched = {
        place(p): [record(offset, p, bytes(size)) for offset, size in enumerate(found)]
        for p, found in enumerate(sizes)
    }
    made = [(a.partition, a.offset) for cut in cuts(fetched, most) for a in cut.arrivals]
    assert made == [(tp.partition, r.offset) for tp, found in fetched.items() for r in found]


@given(SIZES, st.integers(1, 3000))
def test_a_cut_holds_at_most_so_many_bytes_unless_a_record_alone_is_larger(
    sizes: list[int], most: int
) -> None:
    fetched = {place(0): [record(offset, 0, bytes(size)) for offset, size in enumerate(sizes)]}
    for cut in cuts(fetched, most):
        assert cut.size == sum(AROUND - 1 + len(a.value or b"") for a in cut.arrivals)
        assert cut.size <= most or len(cut.arrivals) == 1


def test_a_cut_knows_where_each_of_its_partitions_ends() -> None:
    fetched = {place(0): [record(4), record(9)], place(1): [record(7, 1)]}
    (cut,) = cuts(fetched, 10_000)
    assert cut.ends == {place(0): 10, place(1): 8}


def test_keys_tombstones_and_headers_count_as_well() -> None:
    tombstone = record(0, value=None, key=b"k" * 50)
    labelled = record(1, value=b"", headers=[("name", b"v" * 96), ("null", None)])
    first, second = cuts({place(0): [tombstone, labelled]}, 1)
    assert first.size == AROUND + 50 - 1
    assert second.size == AROUND - 1 + 4 + 96 + 4


def test_nothing_fetched_makes_no_cut() -> None:
    assert list(cuts({}, 100)) == []
    assert list(cuts({place(0): []}, 100)) == []
