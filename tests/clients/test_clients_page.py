"""What docs/clients.md shows is run here as it stands there."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from answering import ROOT, Answering

import nodejs
from needed import do_without

pytestmark = pytest.mark.kafka

PAGE = (ROOT / "docs" / "clients.md").read_text()
BLOCKS: dict[str, str] = dict(
    re.findall(r"<!-- run: ([a-z-]+) -->\n```[a-z]+\n(.*?)```", PAGE, re.DOTALL)
)
ANSWER_LIMIT = 60


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Something to echo; not a photo, since the lane at work here is not about photos."""
    path = tmp_path / "photo.jpg"
    path.write_text(f"sent by {tmp_path.name}")
    return path


@pytest.fixture
def kcat() -> str:
    found = shutil.which("kcat")
    if found is None:
        do_without("kcat is not installed: apt-get install kcat")
    return found


def block(name: str, at: Answering, photo: Path) -> str:
    """A block of the page, on our topics."""
    replaced = {
        "127.0.0.1:9092": at.bootstrap,
        "image-classification.requests": at.requests,
        "inference.results": at.topics.results_topic,
        "inference.dead-letters": at.topics.dead_letters_topic,
        "image-classification": "echo",
        "photo.jpg": str(photo),
        "my-application": f"readers-{photo.parent.name}",
    }
    text = BLOCKS[name]
    for shown, ours in replaced.items():
        text = text.replace(shown, ours)
    return text


def shell(text: str) -> str:
    return subprocess.run(
        ["bash", "-euc", text], capture_output=True, text=True, check=True, timeout=30
    ).stdout


def until(text: str, wanted: str) -> str:
    """The first line with what is wanted, of a command that is repeated until there is one."""
    end = time.monotonic() + ANSWER_LIMIT
    while time.monotonic() < end:
        for line in shell(text).splitlines():
            if wanted in line:
                return line
    raise AssertionError(wanted)


def test_a_plain_record_by_kcat_is_answered(answering: Answering, photo: Path, kcat: str) -> None:
    del kcat
    shell(block("kcat-plain", answering, photo))
    line = until(block("kcat-read", answering, photo), photo.read_text())
    key, _, value = line.partition(" ")
    result = json.loads(value)
    assert key == "camera-7"
    assert result["answer"] == {"text": photo.read_text()}
    assert result["request"]["source"] == f"/kafka/{answering.requests}"


def test_a_record_with_ce_headers_by_kcat_is_answered_under_its_id(
    answering: Answering, photo: Path, kcat: str
) -> None:
    del kcat
    shell(block("kcat-headers", answering, photo))
    line = until(block("kcat-read", answering, photo), photo.read_text())
    request = json.loads(line.partition(" ")[2])["request"]
    assert (request["id"], request["source"]) == ("photo-1", "/camera-7")


def test_a_record_without_an_answer_is_shown_by_kcat_with_the_reason(
    answering: Answering, photo: Path, kcat: str
) -> None:
    del kcat
    photo.write_bytes(b"\xff is no text")
    shell(block("kcat-plain", answering, photo))
    line = until(block("kcat-dead", answering, photo), "camera-7")
    assert "dlq.reason=malformed" in line
    assert "dlq.detail=the value is not UTF-8 text" in line


def test_the_python_program_gets_its_answer(answering: Answering, photo: Path) -> None:
    program = block("python", answering, photo)
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=ANSWER_LIMIT,
    )
    result = json.loads(ran.stdout)
    assert result["request"]["id"] == "photo-2"
    assert result["answer"] == {"text": photo.read_text()}


def test_the_javascript_program_gets_its_answer(answering: Answering, photo: Path) -> None:
    nodejs.installed()  # first: it begins with an empty folder
    # Where Node.js looks for packages.
    script = ROOT / "node_modules" / f"{photo.parent.name}.mjs"
    script.write_text(block("javascript", answering, photo))
    try:
        result = json.loads(nodejs.run(script, limit=ANSWER_LIMIT))
    finally:
        script.unlink(missing_ok=True)
    assert result["answer"] == {"text": photo.read_text()}
