import json
import tracemalloc

import pytest
from desks import Site

from inference.serve.crowds import COMMAS, crowded

MIB = 1024 * 1024
MOST = 256


def items(count: int, **fields: str) -> bytes:
    return json.dumps({"items": [{"lane": "echo", **fields}] * count}).encode()


@pytest.mark.parametrize(
    "body",
    [
        items(MOST, id="1", text="a,b", content_type="text/plain"),
        items(MOST, data="data:text/plain;base64,YQ=="),
        items(2, text="," * 100_000),
        items(2, text='\\"a", "b"' * 10_000),
        b"",
        b"no JSON at all",
    ],
)
def test_what_stands_in_texts_makes_no_crowd(body: bytes) -> None:
    assert not crowded(body, MOST)


@pytest.mark.parametrize(
    "body",
    [
        items(100 * MOST),
        b'{"items": [' + b"1," * (COMMAS * MOST + 1) + b"1]}",
        b'{"items": [' + b'"a",' * (COMMAS * MOST + 1) + b'"a"]}',
    ],
)
def test_more_values_than_items_could_have_do(body: bytes) -> None:
    assert crowded(body, MOST)


@pytest.mark.parametrize(
    "body",
    [
        b'"' * 4 * MIB,
        b'"a",' * MIB,
        b"," * 4 * MIB,
        items(1, text=",\n" * MIB),
        items(1, data="a" * 4 * MIB),
        b'"' + b"\\" * 4 * MIB,
    ],
)
def test_looking_takes_little_more_than_the_body_itself(body: bytes) -> None:
    """An expression that matches texts took a hundred times as much, and held all others up."""
    tracemalloc.start()
    try:
        crowded(body, MOST)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(body)
    finally:
        tracemalloc.stop()


async def test_an_object_full_of_other_things_is_no_wrapping(site: Site) -> None:
    body = b'{"image": "YQ==", "more": [' + b"{}," * 100_000 + b"{}]}"
    head = {"content-type": "application/json"}
    answer = await site.client.post("/predict", content=body, headers=head)
    assert (answer.status_code, answer.json()["title"]) == (413, "Too many values")


async def test_a_charset_that_no_text_has_is_the_senders_mistake(site: Site) -> None:
    form = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--B--\r\n'
    head = {"content-type": "multipart/form-data; boundary=B; charset=undefined"}
    answer = await site.client.post("/predict", content=form, headers=head)
    assert (answer.status_code, answer.json()["title"]) == (400, "Malformed form")
