import json
import subprocess
import sys
from pathlib import Path

import pytest

from inference.errors import Misconfigured
from inference.web import logs
from inference.web.places import places

ROOT = Path(__file__).parents[2]
SECRET = "blood group AB"


def spoken(level: str, program: str, *, as_json: bool = True) -> str:
    """What a process says, in its own process: logging is the whole process's affair."""
    begin = f"""
import asyncio, logging, structlog
from inference.web import logs
logs.configure({level!r}, as_json={as_json})
log = structlog.get_logger("lane.echo")
"""
    ran = subprocess.run(
        [sys.executable, "-c", begin + program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == ""
    return ran.stderr


def lines(level: str, program: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in spoken(level, program).splitlines()]


def test_a_line_has_its_fields_its_logger_and_a_utc_time() -> None:
    (line,) = lines("INFO", 'log.info("answered", ce_id="7", partition=3)')
    assert line["timestamp"].endswith("Z")
    del line["timestamp"]
    assert line == {
        "event": "answered", "ce_id": "7", "partition": 3, "level": "info", "logger": "lane.echo"
    }  # fmt: skip


def test_the_level_is_kept() -> None:
    assert lines("warning", 'log.info("no"); log.debug("no")') == []
    assert len(lines("DEBUG", 'log.debug("yes")')) == 1


def test_libraries_speak_from_warnings_upwards_in_the_same_form() -> None:
    program = """
library = logging.getLogger("aiokafka.conn")
library.info("no")
library.warning("node %s is away", 3)
"""
    (line,) = lines("DEBUG", program)
    assert (line["event"], line["level"]) == ("node 3 is away", "warning")
    assert line["logger"] == "aiokafka.conn"


FAILING = f"""
def read():
    raise ValueError({SECRET!r})

try:
    try:
        read()
    except ValueError as error:
        raise RuntimeError({SECRET!r}) from error
except RuntimeError as error:
    {{}}
"""


@pytest.mark.parametrize(
    "call",
    [
        'log.exception("failed")',
        'log.error("failed", exc_info=error)',
        'logging.getLogger("faust").exception("failed: %r", error)',
    ],
)
def test_an_exception_is_its_places_and_not_its_message(call: str) -> None:
    said = spoken("INFO", FAILING.replace("{}", call))
    assert SECRET not in said
    assert json.loads(said)["exception"].splitlines()[0] == "RuntimeError"
    assert "caused by\nValueError\n" in json.loads(said)["exception"]
    assert ":8 read" in json.loads(said)["exception"]


def test_a_task_that_nobody_awaited_is_told_without_its_message() -> None:
    program = f"""
async def fail(): raise ValueError({SECRET!r})
async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
asyncio.run(main())
"""
    said = spoken("INFO", program)
    assert SECRET not in said
    assert json.loads(said)["event"] == "Task exception was never retrieved"


def test_why_a_connection_failed_is_told() -> None:
    program = """
import aiokafka.errors
log = logging.getLogger("aiokafka")
log.warning("no connection: %s", ConnectionRefusedError(111, "refused"))
log.warning("no topic: %s", aiokafka.errors.KafkaConnectionError("away"))
"""
    assert ["refused" in line["event"] or "away" in line["event"]
            for line in lines("INFO", program)] == [True, True]  # fmt: skip


def test_a_terminal_gets_lines_for_people() -> None:
    said = spoken(
        "INFO", FAILING.replace("{}", 'log.exception("failed", lane="echo")'), as_json=False
    )
    assert "failed" in said
    assert "lane=echo" in said
    assert SECRET not in said
    assert "ValueError" in said


def test_an_unknown_level_is_told_with_those_there_are() -> None:
    with pytest.raises(Misconfigured, match="LOG_LEVEL must be one of DEBUG, INFO"):
        logs.configure("loud", as_json=True)


def test_a_group_of_exceptions_shows_each() -> None:
    group = ExceptionGroup(SECRET, [KeyError(SECRET), OSError(SECRET)])
    assert places(group) == "ExceptionGroup\n  | KeyError\n  | OSError"
