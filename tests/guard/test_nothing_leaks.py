"""What is said in answers and logs, at the most talkative level, when everything goes wrong."""

from pathlib import Path

import pytest
from guarded_service import SECRET, client_of, guarded_app, key_file
from raw import connection

from inference.web import logs

PAYLOAD = "patient-4711-has-fever"


async def troubles(url: str, keys: dict[str, str]) -> str:
    """Everything that can be answered badly; gives all that was answered."""
    said = []
    for key in [*keys.values(), f"{keys['me']}x", None]:
        async with client_of(url, key) as client:
            said += [
                await client.get("/defect"),
                await client.post("/json", content=PAYLOAD),
                await client.post("/json", json=[PAYLOAD]),
                await client.post("/thing", content=PAYLOAD * 100),
                await client.get(f"/{PAYLOAD}", params={"q": PAYLOAD}),
                await client.request(PAYLOAD, "/thing"),
                await client.delete("/thing"),
            ]
    head = f"GET / {PAYLOAD} nonsense\nX-API-Key: {keys['me']}"
    async with connection(url, head) as (reader, _):
        raw = await reader.read()
    return "".join(f"{answer.headers} {answer.text}" for answer in said) + raw.decode()


async def test_no_payload_key_or_trace_is_in_any_answer_or_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, keys = key_file(tmp_path, me="read,write", admin="admin")
    logs.configure("DEBUG", as_json=True, libraries="DEBUG")
    async with guarded_app(api_keys_file=path, max_body_bytes=500) as (_, url):
        answers = await troubles(url, keys)
    logged = "".join(capfd.readouterr())
    assert '"refused"' in logged
    assert "ValueError" in logged
    for text in (answers, logged):
        for secret in (PAYLOAD, SECRET, *keys.values(), "Traceback"):
            assert secret not in text
    assert "ValueError" not in answers
    assert ".py" not in answers


@pytest.fixture(autouse=True)
def quiet_again() -> object:
    yield
    logs.configure("INFO", as_json=True)
