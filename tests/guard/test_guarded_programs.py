"""The three programs, as they are started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MISCONFIGURED = 78


def started(program: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", program, *arguments]
    packages = f"{ROOT}{os.pathsep}{ROOT / 'tests/packages'}"
    env = os.environ | {"PYTHONPATH": packages, "PORT": "0"} | settings
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("program", ["inference", "producer", "consumer"])
def test_no_program_serves_others_without_keys_and_says_how_to_make_some(program: str) -> None:
    ended = started(program, "serve", HOST="0.0.0.0")
    assert ended.returncode == MISCONFIGURED
    assert ended.stderr.count("API_KEYS_FILE") == 1
    assert "python -m inference keys new" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("program", ["inference", "producer", "consumer"])
def test_a_wrong_setting_is_told_before_anything_is_opened(program: str) -> None:
    ended = started(program, "serve", RATE_LIMIT="very often")
    assert ended.returncode == MISCONFIGURED
    assert "RATE_LIMIT" in ended.stderr
    assert "600/minute" in ended.stderr


def test_the_verb_that_makes_keys_is_there() -> None:
    ended = started("inference", "keys", "new", "--name", "me", "--scopes", "read,write")
    key, line = ended.stdout.splitlines()
    assert key.startswith("pst_")
    assert '"name": "me"' in line
