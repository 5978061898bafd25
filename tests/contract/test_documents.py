import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

import nodejs
from docs.generate import __main__ as generate
from docs.generate import asyncapi, evolution, headers, schemas
from inference import lanes
from inference.contract import Arrival, Reason, Rejection
from inference.departures import Departures

DOCS = generate.DOCS
VALIDATE = Path(__file__).with_name("validate.mjs")
ECHO = lanes.contract("echo")
WARNING = 1
SCHEMAS = sorted(DOCS.glob("schemas/*.json"))


@pytest.fixture
def with_echo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The documents of a repository whose only lane is the echo lane."""
    for module in (schemas, asyncapi):
        monkeypatch.setattr(module, "contracts", lambda: [ECHO])
    (tmp_path / "schemas").mkdir()
    for name, text in {"asyncapi.yaml": asyncapi.document(), **schemas.documents()}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def complaints(path: Path) -> list[Any]:
    found = json.loads(nodejs.run(VALIDATE, str(path)))[str(path)]
    return [said for said in found["said"] if said["severity"] <= WARNING]


def history(path: Path) -> Iterator[str]:
    """A file as it was in every commit; empty where git keeps no history of it."""
    name = str(path.relative_to(DOCS.parent))
    git = ["git", "-C", str(DOCS.parent)]
    log = subprocess.run(
        [*git, "log", "--format=%H", "--", name], capture_output=True, text=True, check=False
    )
    for commit in log.stdout.split():
        shown = subprocess.run(
            [*git, "show", f"{commit}:{name}"], capture_output=True, text=True, check=False
        )
        if shown.returncode == 0:
            yield shown.stdout


def test_the_generated_documents_say_what_the_code_says() -> None:
    ran = CliRunner().invoke(generate.main, ["--check"])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_has_only_ever_been_added_to(path: Path) -> None:
    now = path.read_text()
    assert not [change for old in history(path) for change in evolution.breaks(old, now)]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_one(path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_lanes_of_other_packages_are_not_documented_here() -> None:
    assert not [path for path, text in generate.documents().items() if "echo" in text]


def test_the_asyncapi_document_is_accepted_by_its_parser() -> None:
    assert complaints(DOCS / "asyncapi.yaml") == []


def test_the_asyncapi_document_of_another_lane_is_accepted_too(with_echo: Path) -> None:
    assert complaints(with_echo / "asyncapi.yaml") == []


def test_a_lane_is_in_the_asyncapi_document_with_its_topic_and_its_limit(with_echo: Path) -> None:
    document = yaml.safe_load((with_echo / "asyncapi.yaml").read_text())
    channel = document["channels"]["echoRequests"]
    assert channel["address"] == "echo.requests"
    configuration = channel["bindings"]["kafka"]["topicConfiguration"]
    assert configuration["max.message.bytes"] == ECHO.max_bytes + 65536
    message = document["components"]["messages"]["echoAnswered"]
    assert message["payload"] == {"$ref": "./schemas/echo.v1.json"}


def test_the_headers_of_a_dead_letter_are_those_that_are_documented() -> None:
    arrival = Arrival("t", 1, 2, 3, None, b"\xff", [])
    rejection = Rejection(Reason.MALFORMED, "read", "why")
    letter = Departures(ECHO, "group").dead_letter(arrival, rejection)
    smaller = Departures(ECHO, "group").smaller(letter, 2, 1)
    always = {name for name, header in headers.DEAD_LETTER.items() if header.always}
    assert {name for name, _ in letter.headers} == always
    assert {name for name, _ in smaller.headers} == always | {"dlq.ref"}
