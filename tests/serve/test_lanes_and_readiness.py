import asyncio

from desks import IMAGES, JPEG, Site

from pictures import encoded, noise


async def test_the_http_side_of_inference_lists_the_lanes_and_is_well(site: Site) -> None:
    cards = {card["lane"]: card for card in (await site.client.get("/lanes")).json()}
    assert (await site.client.get("/health")).status_code == 200
    assert cards["echo"]["topic"] == "echo.requests"
    assert cards["echo"]["result_type"] == "penstock.echo.answered.v1"


async def test_when_nobody_can_answer_the_caller_is_told_to_come_again(site: Site) -> None:
    for place in site.desks["echo"].opened.swap.ladder.places:
        for _ in range(5):
            place.breaker.failed()
    response = await site.single(b"a", lane="echo")
    assert response.status_code == 503
    assert response.headers["retry-after"]
    ready = await site.client.get("/health/ready")
    assert ready.status_code == 503
    assert "full is tried again" in ready.json()["checks"]["echo"]


async def test_what_was_answered_before_is_answered_while_nobody_can_compute(site: Site) -> None:
    await site.single(JPEG)
    for place in site.desks[IMAGES].opened.swap.ladder.places:
        for _ in range(5):
            place.breaker.failed()
    asked = [JPEG, encoded(noise(seed=40)), JPEG, encoded(noise(seed=41))]
    responses = await asyncio.gather(*map(site.single, asked))
    assert [response.status_code for response in responses] == [200, 503, 200, 503]
