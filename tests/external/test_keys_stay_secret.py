import logging

import pytest
from outside import KEY, article, bad, good, opened
from prometheus_client import REGISTRY, generate_latest
from scripted import Provider
from steps import refuses

from inference.engines.external_ai.settings import AiSettings
from inference.lanes.news_analysis.settings import HuggingFaceSettings, OpenAiSettings


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_a_key_is_in_no_error_log_metric_or_result(
    provider: Provider,
    status: int,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.plan("Bad", *[refuses(status, message=f"wrong key {KEY}", code=KEY)] * 9)
    async with opened(provider.url, AI_ATTEMPTS=2) as [rung]:
        good((await rung.answer([article("Good")]))[0])
        [outcome] = await rung.answer([article("Bad")])
        told = [bad(outcome).detail, repr(vars(rung)), rung.fingerprint]
    told += [caplog.text, *capsys.readouterr(), generate_latest(REGISTRY).decode()]
    assert not [one for one in told if KEY in one]


def test_a_key_is_in_no_repr_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HF_TOKEN", KEY)
    monkeypatch.setenv("AI_PROXY", f"http://me:{KEY}@proxy:3128")
    told = [repr(OpenAiSettings()), repr(HuggingFaceSettings()), repr(AiSettings())]
    assert not [one for one in told if KEY in one]
