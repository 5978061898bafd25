"""Calls with many items beside calls with one: how they share a desk, and what is told of them."""

import asyncio

from desks import IMAGES, JPEG, Site, in_base64, open_site

from pictures import encoded, noise

CAP, MODEL = 8, "leaf-diseases-synthetic 1.0.0"


def slow(count: int) -> list[dict[str, str]]:
    return [{"lane": "echo", "text": f"!slow 0.005 {number}"} for number in range(count)]


async def until_busy(site: Site) -> None:
    async with asyncio.timeout(10):
        while not site.desks["echo"].waiting:
            await asyncio.sleep(0.001)


async def test_one_question_does_not_wait_for_a_call_with_thousands_before_it() -> None:
    async with open_site(batch_cap=CAP, batch_call_items=2000) as site:
        many = asyncio.create_task(site.batch(*slow(2000)))
        await until_busy(site)
        assert (await site.single(b"one", "echo")).json()["answer"] == {"text": "one"}
        assert site.desks["echo"].statistics.total < 10 * CAP
        assert not many.done()
        many.cancel()
        await asyncio.wait([many])


async def test_while_it_is_under_way_the_next_batch_is_always_at_hand() -> None:
    async with open_site(batch_cap=CAP) as site:
        many = asyncio.create_task(site.batch(*slow(4 * CAP)))
        await until_busy(site)
        assert CAP <= site.desks["echo"].waiting <= 2 * CAP
        assert (await many).json()["answered"] == 4 * CAP


async def test_usage_has_every_question_of_a_call_and_every_model_that_answered(
    site: Site,
) -> None:
    picture = {"lane": IMAGES, "data": in_base64(JPEG)}
    other = {"lane": IMAGES, "data": in_base64(encoded(noise(seed=7)))}
    refused = [{"lane": IMAGES, "data": "%"}, {"lane": "nothing", "text": "a"}]
    await site.batch(picture, other, picture, {"lane": "echo", "text": "a"}, *refused)
    usage = (await site.client.get("/usage")).json()
    row = usage["recent"][0]
    assert (row["endpoint"], row["questions"], row["answers"]) == ("POST /inference/batch", 6, 4)
    assert row["models"] == usage["totals"][0]["models"] == {MODEL: 3}
    assert (row["model"], row["image_size"]) == (MODEL, None)
    assert row["megapixels"] == 3 * 300 * 200 / 1e6


async def test_usage_of_one_question_has_its_picture(site: Site) -> None:
    await site.predict(JPEG)
    [row] = (await site.client.get("/usage")).json()["recent"]
    assert (row["questions"], row["answers"], row["image_size"]) == (1, 1, [300, 200])
    assert row["model"] == MODEL
