import json
from pathlib import Path

import pytest

from local.voices import Following, told


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ({"level": "info", "event": "ready"}, None),
        ({"level": "warning", "event": "slow"}, None),
        ({"level": "error", "event": "lost", "broker": "b1", "logger": "x"}, "lost broker=b1"),
        ({"level": "critical", "event": "cannot go on", "reason": "no"}, "cannot go on reason=no"),
    ],
)
def test_of_log_lines_only_errors_are_shown(line: object, shown: str | None) -> None:
    assert told(json.dumps(line)) == shown


def test_of_kafkas_lines_only_errors_are_shown() -> None:
    assert told("08:13:04.1 [main] WARN kafka.server.X - hm") is None
    error = "08:13:04.1 [main] ERROR kafka.server.X - no"
    assert told(error) == error


def test_of_what_is_no_log_line_all_is_shown_but_tracebacks() -> None:
    said = [
        "penstock: KAFKA_PORT: must be a number",
        "17",
        "",
        "Traceback (most recent call last):",
    ]
    said += ['  File "x.py", line 1, in <module>', "    1 / 0", "ZeroDivisionError: division by 0"]
    shown = [line for line in map(told, said) if line is not None]
    assert shown == [said[0], "17", "ZeroDivisionError: division by 0"]


def test_only_new_and_whole_lines_are_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    following = Following(log)
    with log.open("a", buffering=1) as file:
        file.write("first\nsec")
        assert list(following.lines()) == ["first"]
        file.write("ond\n")
    assert list(following.lines()) == ["second"]
    assert list(following.lines()) == []
