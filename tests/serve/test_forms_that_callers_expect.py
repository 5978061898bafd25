"""Golden forms: what existing callers read must stay where it is."""

import tempfile
from collections.abc import Iterable

import pytest
from desks import IMAGES, JPEG, Site

from inference.lanes.image_classification.rungs import ImageRung
from pictures import encoded, noise


def names(document: Iterable[str]) -> set[str]:
    return set(document)


async def test_predict_answers_in_the_form_that_callers_expect(site: Site) -> None:
    first, again = [(await site.predict(JPEG)).json() for _ in range(2)]
    assert first["success"] is True
    assert first["predictions"][0].keys() >= {"label", "score"}
    metadata = first["metadata"]
    assert metadata["processing_time_ms"] > 0
    assert metadata["image_size"] == [300, 200]
    assert metadata["filename"] == "leaf.jpg"
    assert metadata["model_version"] == "1.0.0"
    assert (metadata["cache_enabled"], metadata["from_cache"]) == (True, False)
    assert again["metadata"]["from_cache"] is True
    assert again["predictions"] == first["predictions"]


async def test_stats_answer_in_the_form_that_callers_expect(site: Site) -> None:
    for _ in range(3):
        await site.predict(JPEG)
    stats = (await site.client.get("/model/stats")).json()
    assert stats["success"] is True
    figures = stats["statistics"]
    assert figures["total_predictions"] == 3
    assert (figures["cache_hits"], figures["cache_misses"]) == (2, 1)
    assert figures["cache_hit_rate_percent"] == pytest.approx(66.67)
    assert figures["cache_enabled"] is figures["warmup_completed"] is True
    assert figures["avg_inference_time_ms"] == figures["total_inference_time_ms"] > 0
    assert figures["cache_size"] == 1
    assert stats["cache_info"] == {"hits": 2, "misses": 1, "maxsize": 128, "currsize": 1}
    used = {(one["lane"], one["rung"]): one["model"] for one in stats["models"]}
    assert used["image-classification", "full"]["version"] == "1.0.0"


async def test_stats_say_what_each_model_holds_in_memory(site: Site) -> None:
    async def told() -> list[tuple[str, int | None]]:
        models = (await site.client.get("/model/stats")).json()["models"]
        assert models[0].keys() == {"lane", "rung", "model", "breaker", "memory_bytes"}
        return [(one["rung"], one["memory_bytes"]) for one in models if one["lane"] == IMAGES]

    rungs = [place.rung for place in site.desks[IMAGES].opened.swap.ladder.places]
    assert all(isinstance(rung, ImageRung) for rung in rungs)
    assert await told() == [(r.level, r.memory_bytes) for r in rungs if isinstance(r, ImageRung)]
    for rung in rungs:
        if isinstance(rung, ImageRung):
            rung.close()
    assert await told() == [("full", 0), ("light", 0)]


async def test_a_lane_need_not_say_what_its_model_holds(site: Site) -> None:
    models = (await site.client.get("/model/stats?lane=echo")).json()["models"]
    assert [one["memory_bytes"] for one in models] == [None]


async def test_the_cache_answers_in_the_form_that_callers_expect(site: Site) -> None:
    await site.predict(JPEG)
    cache = (await site.client.get("/model/cache")).json()
    assert cache["success"] is True
    assert cache["cache_info"] == {"hits": 0, "misses": 1, "maxsize": 128, "currsize": 1}
    tiers = cache["statistics"]["image-classification"]["tiers"]
    assert tiers["memory"]["entries"] == 1


async def test_a_cleared_cache_is_empty_and_the_next_answer_is_computed(site: Site) -> None:
    await site.predict(JPEG)
    cleared = (await site.client.delete("/model/cache")).json()
    done = {"success": True, "message": "The cache is empty."}
    assert cleared == {**done, "workers_told": None}
    assert (await site.client.get("/model/cache")).json()["cache_info"]["currsize"] == 0
    assert not (await site.predict(JPEG)).json()["metadata"]["from_cache"]


async def test_a_reload_says_what_came_of_it_and_so_do_the_stats(site: Site) -> None:
    await site.predict(JPEG)
    reloaded = (await site.client.post("/model/reload?lane=image-classification")).json()
    assert reloaded["success"] is True
    comparison = reloaded["comparisons"]["image-classification"]
    assert (comparison["compared"], comparison["agreement"]) == (1, 1.0)
    stats = (await site.client.get("/model/stats")).json()
    assert stats["comparisons"]["image-classification"] == comparison
    assert (await site.predict(encoded(noise(seed=9)))).json()["success"] is True


async def test_no_upload_ever_lies_in_a_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "a temporary file was about to be made"
        raise AssertionError(message)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    large = encoded(noise((3000, 2000)), "PNG")
    assert len(large) > 1024 * 1024
    assert (await site.predict(large)).status_code == 200


async def test_a_form_without_the_file_says_which_field_is_missing(site: Site) -> None:
    response = await site.client.post("/predict", files={"picture": ("a.jpg", JPEG)})
    assert response.status_code == 422
    assert "'file'" in response.json()["detail"]


async def test_every_path_is_documented_with_an_example(site: Site) -> None:
    paths = (await site.client.get("/openapi.json")).json()["paths"]
    for path in ("/predict", "/inference/single", "/inference/batch"):
        content = paths[path]["post"]["requestBody"]["content"]
        assert "example" in content["application/json"]
    assert names(paths) >= {"/model/stats", "/model/cache", "/model/reload", "/usage", "/lanes"}
