import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from desks import IMAGES, JPEG, Site, in_base64

from inference.contract import Reason
from inference.lane import Rung
from pictures import encoded, noise

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Counting:
    """A rung that notes down how many questions it is asked at once."""

    def __init__(self, rung: Rung[Any, Any], asked: list[int]) -> None:
        self._rung, self._asked, self.caps = rung, asked, rung.caps
        self.level, self.model, self.fingerprint = rung.level, rung.model, rung.fingerprint

    async def answer(self, questions: Sequence[Any]) -> Sequence[Any]:
        self._asked.append(len(questions))
        return await self._rung.answer(questions)


async def test_an_image_as_the_body_is_answered_with_a_result_document(shared: Site) -> None:
    answered = (await shared.single(JPEG, headers={"content-type": "image/jpeg"})).json()
    assert answered["lane"] == IMAGES
    assert answered["answered_by"] == "full"
    assert answered["model"]["name"] == "leaf-diseases-synthetic"
    assert len(answered["answer"]["predictions"]) == 5


@pytest.mark.parametrize(
    "wrapped",
    [
        {"image": in_base64(JPEG)},
        {"data": f"data:image/jpeg;base64,{in_base64(JPEG)}"},
        {"image": "\n".join(in_base64(JPEG)[n : n + 76] for n in range(0, 40_000, 76))},
    ],
    ids=["base64", "data URL", "base64 in lines"],
)
async def test_an_image_inside_json_is_answered_like_its_bytes(
    shared: Site, wrapped: dict[str, str]
) -> None:
    as_bytes = (await shared.single(JPEG)).json()
    body = json.dumps(wrapped).encode()
    inside = (await shared.single(body, headers={"content-type": "application/json"})).json()
    assert inside["answer"] == as_bytes["answer"]
    assert inside["from_cache"]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"{", "Malformed JSON"),
        (b"[" * 100_000, "Malformed JSON"),
        (b'{"picture": "AAAA"}', "No content"),
        (b'{"image": 7}', "No content"),
        (b'{"image": "not base64!"}', "Malformed"),
        (b'{"image": "data:image/jpeg,AAAA"}', "Malformed"),
        (b'{"image": "data:;base32,AAAA"}', "Malformed"),
        (b'{"image": "AAA"}', "Malformed"),
    ],
)
async def test_json_that_holds_no_image_is_refused_with_a_reason(
    shared: Site, body: bytes, title: str
) -> None:
    response = await shared.single(body, headers={"content-type": "application/json"})
    assert response.status_code in {400, 422}
    assert response.json()["title"] == title


async def test_a_text_is_the_content_of_a_lane_that_takes_text(shared: Site) -> None:
    response = await shared.single("grüß dich".encode(), lane="echo")
    assert response.json()["answer"] == {"text": "grüß dich"}


async def test_an_unknown_lane_is_named_together_with_those_there_are(shared: Site) -> None:
    response = await shared.single(b"a", lane="nothing")
    assert response.status_code == 404
    assert IMAGES in response.json()["detail"]


async def test_a_content_that_is_at_fault_is_refused_with_the_lanes_own_words(shared: Site) -> None:
    response = await shared.single(b"only text", headers={"content-type": "image/jpeg"})
    assert response.status_code == 422
    assert response.json()["title"] == str(Reason.REFUSED).capitalize()
    assert "JPEG, PNG, WebP or GIF" in response.json()["detail"]


async def test_a_content_that_is_too_large_is_refused_while_it_is_read(shared: Site) -> None:
    assert (await shared.single(b"\xff\xd8\xff" + bytes(6 * 1024 * 1024))).status_code == 413


async def test_a_model_that_fails_on_a_question_is_a_defect_of_ours(shared: Site) -> None:
    response = await shared.single(b"!fail", lane="echo")
    assert response.status_code == 500
    assert response.json()["title"] == "Defect"


async def test_callers_at_the_same_time_share_batches(shared: Site) -> None:
    asked: list[int] = []
    place = shared.desks[IMAGES].opened.swap.ladder.places[0]
    place.rung = Counting(place.rung, asked)
    pictures = [encoded(noise(seed=n)) for n in range(10, 18)]
    responses = await asyncio.gather(*map(shared.single, pictures))
    assert all(response.status_code == 200 for response in responses)
    assert sum(asked) == 8
    assert len(asked) <= 4
