"""Records as anybody might send them, well-formed and hostile."""

from hypothesis import strategies as st

from inference.contract import Arrival

LONG = 2**63 - 1
CLOUDEVENTS_NAMES = [f"ce_{name}" for name in ("specversion", "id", "source", "type", "time", "x")]
CONTENT_TYPES = [
    b"application/cloudevents+json",
    b"Application/CloudEvents; charset=utf-8",
    b"application/cloudevents-batch+json",
    b"text/plain",
    b"\xff",
]
text = st.text(min_size=1, max_size=30).filter(lambda it: "\x00" not in it)
finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
header_names = st.sampled_from([*CLOUDEVENTS_NAMES, "content-type", "traceparent"]) | st.text()
header_values = (
    st.binary(max_size=40)
    | st.sampled_from([b"1.0", b"2026-01-31T12:00:00Z", b"x", *CONTENT_TYPES])
    | st.none()
)
hostile_headers = st.lists(st.tuples(header_names, header_values), max_size=8)
timestamps = st.integers(-1, 2_000_000_000_000) | st.sampled_from([-LONG, LONG])


def arrivals(
    values: st.SearchStrategy[bytes | None], headers: st.SearchStrategy[list[tuple[str, bytes]]]
) -> st.SearchStrategy[Arrival]:
    """Records with such values and headers, anywhere and at any time."""
    return st.builds(
        Arrival,
        topic=st.sampled_from(["echo.requests", "t"]),
        partition=st.integers(0, 99),
        offset=st.integers(0, LONG),
        timestamp=timestamps,
        key=st.none() | st.binary(max_size=10),
        value=values,
        headers=headers,
    )


hostile = arrivals(st.none() | st.binary(max_size=200), hostile_headers)  # type: ignore[arg-type] # a null header is legal in Kafka
