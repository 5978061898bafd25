import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from site_process import LIMIT, Served, served

from pictures import encoded, noise

MODEL = Path("models/leaf-diseases")
JPEG = encoded(noise())
RUBBISH = b"no model at all" * 1000


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The demonstration model's folder, to be spoiled."""
    copied = tmp_path / "model"
    shutil.copytree(MODEL, copied, ignore=shutil.ignore_patterns("training"))
    return copied


def until(condition: Callable[[], bool]) -> None:
    latest = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < latest
        time.sleep(0.05)


def on_disk(site: Served) -> bool:
    told = site.client.get("/model/cache").json()["statistics"]["image-classification"]
    return bool(told["tiers"]["disk"]["entries"])


def test_killed_while_it_reloads_it_answers_again_and_knows_what_it_knew(tmp_path: Path) -> None:
    settings = {"MODEL_CACHE_DIR": str(tmp_path)}

    def reload(site: Served) -> None:
        with suppress(httpx.TransportError):
            site.client.post("/model/reload")

    with served(**settings) as site:
        assert site.predict(JPEG).is_success
        until(lambda: on_disk(site))
        reloading = threading.Thread(target=reload, args=[site])
        reloading.start()
        time.sleep(0.1)  # somewhere within; whatever the moment, the same must come of it
        site.process.kill()
        reloading.join()
    with served(**settings) as site:
        answer = site.predict(JPEG)
    assert answer.json()["metadata"]["from_cache"]


@pytest.mark.parametrize("spoil", ["rubbish", "half", "gone"])
def test_what_is_wrong_with_a_new_model_changes_nothing_and_where_it_lies_is_not_told(
    model: Path, spoil: str
) -> None:
    file = model / "model.onnx"
    whole = file.read_bytes()
    with served(MODEL_DIR=str(model), MODEL_WATCH="0.1") as site:
        if spoil == "gone":
            shutil.rmtree(model)
        else:
            file.write_bytes(RUBBISH if spoil == "rubbish" else whole[: len(whole) // 2])
        until(lambda: bool(site.client.get("/model/stats").json()["comparisons"]))
        found = site.client.get("/model/stats").json()["comparisons"]["image-classification"]
        assert site.predict(JPEG).json()["metadata"]["answered_by"] == "full"
    assert not found["took_over"]
    assert "model" in found["reason"]
    assert str(model.parent) not in found["reason"]
