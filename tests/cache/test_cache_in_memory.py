from hypothesis import given
from hypothesis import strategies as st

from inference.cache.memory import Memory

ENDLESS = 1_000_000
ACTIONS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.booleans(), st.integers(0, 40)), max_size=60
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_used_longest_ago_leaves_first() -> None:
    memory: Memory[int] = Memory(2, 1000)
    memory.put("a", 1, 1, ENDLESS)
    memory.put("b", 2, 1, ENDLESS)
    memory.get("a")
    memory.put("c", 3, 1, ENDLESS)
    assert [memory.get(key) for key in "abc"] == [1, None, 3]


def test_bytes_are_a_bound_of_their_own() -> None:
    memory: Memory[int] = Memory(100, 10)
    for number, key in enumerate("abc"):
        memory.put(key, number, 4, ENDLESS)
    assert memory.totals == (2, 8)
    assert memory.get("a") is None


def test_what_is_larger_than_all_there_is_room_for_drives_nothing_out() -> None:
    memory: Memory[int] = Memory(100, 10)
    memory.put("a", 1, 4, ENDLESS)
    memory.put("b", 2, 11, ENDLESS)
    assert (memory.get("a"), memory.get("b")) == (1, None)


def test_what_is_too_old_is_not_given_out_and_weighs_nothing_once_asked_for() -> None:
    clock = Clock()
    memory: Memory[int] = Memory(10, 10, clock)
    memory.put("a", 1, 4, 60)
    clock.now = 59.9
    assert memory.get("a") == 1
    clock.now = 60
    assert memory.get("a") is None
    assert memory.totals == (0, 0)


def test_no_room_means_that_nothing_is_kept() -> None:
    memory: Memory[int] = Memory(0, 10)
    memory.put("a", 1, 1, ENDLESS)
    assert memory.get("a") is None


@given(ACTIONS, st.integers(0, 4), st.integers(0, 100))
def test_it_never_holds_more_than_it_may_and_never_gives_out_what_was_not_put(
    actions: list[tuple[str, bool, int]], most: int, most_bytes: int
) -> None:
    memory: Memory[int] = Memory(most, most_bytes)
    last: dict[str, int] = {}
    for number, (key, puts, size) in enumerate(actions):
        if puts:
            memory.put(key, number, size, ENDLESS)
            last[key] = number
        assert memory.get(key) in {None, last.get(key)}
        assert memory.totals.entries <= most
        assert memory.totals.bytes <= most_bytes
