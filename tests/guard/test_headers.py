import base64
import hashlib
import re

from guarded_service import guarded

PAGE = "https://page.example"


async def test_every_answer_keeps_browsers_from_guessing_framing_and_telling() -> None:
    async with guarded(max_body_bytes=1000) as client:
        answers = [
            await client.get("/thing"),
            await client.get("/no-such-place"),
            await client.get("/defect"),
            await client.get("/metrics"),
            await client.post("/thing", content=b"x" * 1001),
        ]
    assert [answer.status_code for answer in answers] == [200, 404, 500, 200, 413]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["content-security-policy"] == policy
        assert "server" not in answer.headers


async def test_only_behind_tls_browsers_are_told_to_stay_there() -> None:
    behind = {"x-forwarded-proto": "https"}
    async with guarded() as client:
        assert "strict-transport-security" not in (await client.get("/thing")).headers
        answer = await client.get("/thing", headers=behind)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    async with guarded(trusted_proxies="192.0.2.1") as client:
        answer = await client.get("/thing", headers=behind)
        assert "strict-transport-security" not in answer.headers


async def test_the_documentation_may_run_its_own_script_and_no_other() -> None:
    async with guarded() as client:
        answer = await client.get("/docs")
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"'sha256-{digest}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "https://" not in policy


async def test_all_that_the_documentation_needs_comes_from_here() -> None:
    async with guarded() as client:
        page = await client.get("/docs")
        sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        named = [source for source in sources if not source.startswith("data:")]
        answers = [await client.get(f"/{source}") for source in named]
    assert len(named) == 2
    assert all(len(answer.content) > 100_000 for answer in answers), named


async def test_pages_elsewhere_get_nothing_by_default() -> None:
    ask = {"origin": "http://localhost:5173", "access-control-request-method": "POST"}
    async with guarded() as client:
        assert (await client.options("/thing", headers=ask)).status_code == 405
        answer = await client.get("/thing", headers={"origin": "http://localhost:5173"})
        assert "access-control-allow-origin" not in answer.headers


async def test_a_page_that_is_named_may_use_the_service() -> None:
    ask = {
        "origin": PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-api-key",
    }
    async with guarded(cors_origins=f"{PAGE}, https://other.example") as client:
        answer = await client.options("/thing", headers=ask)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PAGE)
        answer = await client.post("/thing", content=b"x", headers={"origin": PAGE})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PAGE)
        stranger = await client.options("/thing", headers=ask | {"origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
