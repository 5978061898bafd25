import pytest
from desks import IMAGES, JPEG, Site, in_base64, open_site

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_item_of_a_mixed_batch_has_its_own_outcome_in_order(shared: Site) -> None:
    response = await shared.batch(
        {"lane": IMAGES, "id": "leaf", "data": in_base64(JPEG)},
        {"lane": "echo", "id": "text", "text": "hello"},
        {"lane": IMAGES, "data": in_base64(b"no image")},
        {"lane": "nothing", "text": "?"},
        {"lane": "echo", "text": "!fail"},
        {"lane": "echo", "id": "neither"},
    )
    outcomes = response.json()["results"]
    assert response.json()["answered"] == 2
    assert [one["status"] for one in outcomes] == ["answered"] * 2 + ["rejected"] * 4
    assert [one["reason"] for one in outcomes[2:]] == ["refused", "refused", "defect", "malformed"]
    assert outcomes[1]["result"]["answer"] == {"text": "hello"}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "body: Invalid JSON"),
        (b"[]", "Input should be"),
        (b'{"items": 3}', "items: Input should be a valid array"),
        (b'{"items": [{"text": "no lane"}]}', "items.0.lane: Field required"),
        (b'{"items": [{"lane": "echo", "text": "a", "else": 1}]}', "items.0.else"),
    ],
)
async def test_a_malformed_batch_is_refused_and_the_place_is_named(
    shared: Site, body: bytes, detail: str
) -> None:
    response = await shared.client.post("/inference/batch", content=body)
    assert response.status_code == 422
    assert detail in response.json()["detail"]


async def test_nothing_that_was_sent_is_quoted_back(shared: Site) -> None:
    body = b'{"items": [{"lane": 5, "text": "blood group AB negative"}]}'
    response = await shared.client.post("/inference/batch", content=body)
    assert "negative" not in response.text


@pytest.mark.parametrize("item", [b'{"lane":"echo","text":"a"}', b"0", b"{}", b'""'])
async def test_a_million_tiny_items_are_refused_before_they_are_read(item: bytes) -> None:
    body = b'{"items": [' + b",".join([item] * 1_000_000) + b"]}"
    async with open_site(batch_call_bytes=2 * len(body)) as site:
        response = await site.client.post("/inference/batch", content=body)
    assert response.status_code == 413
    assert response.json()["detail"] == "At most 256 items are taken in one call."


async def test_a_text_may_hold_whatever_separates_items(shared: Site) -> None:
    said = '{"a": [1,2],}' * 10_000
    outcomes = (await shared.batch({"lane": "echo", "text": said})).json()["results"]
    assert outcomes[0]["result"]["answer"]["text"] == said


async def test_a_few_items_too_many_are_refused_as_well(shared: Site) -> None:
    response = await shared.batch(*[{"lane": "echo", "text": "a"}] * 257)
    assert response.status_code == 413


async def test_an_empty_batch_has_no_outcomes(shared: Site) -> None:
    assert (await shared.batch()).json() == {"answered": 0, "results": []}
