import asyncio
from pathlib import Path

from guarded_service import client_of, guarded, guarded_app, key_file

from inference.web.guard.usage import Usage, Visit
from inference.web.guard.usage_routes import UsageRow


async def test_what_a_key_used_is_counted_and_listed(tmp_path: Path) -> None:
    path, keys = key_file(tmp_path, me="read,write")
    async with guarded(keys["me"], api_keys_file=path) as client:
        for _ in range(3):
            await client.post("/thing", content=b"x")
        await client.delete("/thing")
        report = (await client.get("/usage", params={"rows": 2})).json()
    total = next(one for one in report["totals"] if one["endpoint"] == "POST /thing")
    assert (total["key"], total["count"], total["statuses"]) == ("me", 3, {"200": 3})
    assert (total["models"], total["faces"]) == ({"leaves 1": 3}, 6)
    assert total["megapixels"] == 3 * 640 * 480 / 1e6
    assert total["slowest_ms"] >= total["response_time_ms"] > 0
    refused, answered = report["recent"]
    assert (refused["endpoint"], refused["status"]) == ("DELETE /thing", 403)
    assert answered["image_size"] == [640, 480]
    assert (answered["model"], answered["faces"]) == ("leaves 1", 2)
    assert (answered["questions"], answered["answers"]) == (1, 1)


def test_a_call_with_many_questions_tells_every_model_that_answered() -> None:
    usage, visit = Usage(rows=3), Visit("me", "POST /inference/batch", questions=5)
    for model in ("leaves 1", "leaves 2", "leaves 1"):
        visit.note_answer(model, (1000, 500), 1)
    visit.note_answer(None)
    usage.add(visit, 200, 0.1)
    row, total = UsageRow.of(next(usage.recent(None))), next(usage.totals(None))[2]
    assert (row.questions, row.answers) == (total.questions, total.answers) == (5, 4)
    assert row.models == total.models == {"leaves 1": 2, "leaves 2": 1}
    assert (row.model, row.image_size) == (None, None)
    assert (row.megapixels, row.faces, total.pixels, total.faces) == (1.5, 3, 1_500_000, 3)


async def test_a_key_sees_its_own_use_and_an_admin_that_of_all(tmp_path: Path) -> None:
    path, keys = key_file(tmp_path, one="read", other="read", admin="read,admin")
    async with guarded_app(api_keys_file=path) as (_, url):
        seen = {}
        async with client_of(url) as stranger:
            await stranger.get("/thing")
        for name, key in keys.items():
            async with client_of(url, key) as client:
                await client.get("/thing")
                report = (await client.get("/usage")).json()
            seen[name] = {row["key"] for row in report["totals"] + report["recent"]}
    assert seen == {
        "one": {"one"},
        "other": {"other"},
        "admin": {"(nobody)", "one", "other", "admin"},
    }


async def test_neither_keys_nor_paths_nor_payloads_are_in_it(tmp_path: Path) -> None:
    path, keys = key_file(tmp_path, me="read,write,admin")
    async with guarded(keys["me"], api_keys_file=path) as client:
        await client.post("/thing", content=b"payload-x", params={"secret": "query-x"})
        await client.get("/path-x", headers={"x-api-key": "header-x"})
        text = (await client.get("/usage")).text
    assert keys["me"] not in text
    assert "-x" not in text.replace("image-x", "")
    assert "GET nowhere" in text


async def test_health_is_not_counted_as_use() -> None:
    async with guarded() as client:
        await client.get("/health")
        assert (await client.get("/usage")).json()["totals"] == []


def test_use_is_bounded() -> None:
    usage = Usage(rows=3)
    for number in range(500):
        visit = Visit("me", "POST /thing")
        visit.note_answer(f"model {number}")
        usage.add(visit, 200, 0.1)
    (key, endpoint, total) = next(usage.totals("me"))
    assert (key, endpoint, total.count) == ("me", "POST /thing", 500)
    assert len(total.models) == 101
    assert len(list(usage.recent(None))) == 3


async def test_strange_methods_do_not_grow_the_series() -> None:
    async with guarded() as client:
        for number in range(3):
            await client.request(f"METHOD{number}", "/thing")
        series = (await client.get("/metrics")).text
    assert 'method="OTHER"' in series
    assert "METHOD1" not in series


async def test_who_leaves_before_the_answer_is_counted_as_gone() -> None:
    async with guarded_app() as (app, url), client_of(url) as client:
        asking = asyncio.create_task(client.get("/slow"))
        await app.state.begun.wait()
        asking.cancel()
        await asyncio.wait([asking])
        app.state.proceed.set()
        async with asyncio.timeout(10):
            while not (report := (await client.get("/usage")).json())["totals"]:
                await asyncio.sleep(0.01)
    assert report["totals"][0]["endpoint"] == "GET /slow"
