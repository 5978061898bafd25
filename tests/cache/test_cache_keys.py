import hashlib

from hypothesis import given
from hypothesis import strategies as st

from inference.cache.key import key

PARTS = st.tuples(st.text(), st.integers(0), st.text(), st.binary())


@given(PARTS, PARTS)
def test_two_questions_share_a_key_only_if_all_their_parts_are_equal(
    one: tuple[str, int, str, bytes], other: tuple[str, int, str, bytes]
) -> None:
    assert (key(*one) == key(*other)) == (one == other)


def test_parts_cannot_be_shifted_into_one_another() -> None:
    keys = {
        key("ab", 1, "c", b"d"),
        key("a", 1, "bc", b"d"),
        key("ab", 1, "", b"cd"),
        key("ab", 1, "cd", b""),
        key("ab", 11, "c", b"d"),
    }
    assert len(keys) == 5


def test_a_key_is_what_the_page_says() -> None:
    parts = [b"lane", b"2", b"model"]
    told = b"".join(len(part).to_bytes(8, "big") + part for part in parts) + b"content"
    assert key("lane", 2, "model", b"content") == hashlib.sha256(told).hexdigest()
