"""uv, which installs the locked environment: the machine's own, or one under `.local/`."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec

from local import apt
from local.errors import SetupError
from local.places import STATE
from local.speech import say

VERSION = "0.13.8"
OLDEST = (0, 9)  # older ones do not read the lock file
OWN = STATE / "uv"
ADVICE = "this Python has neither venv nor pip, which bring uv: install python3-venv (or uv itself)"


def command() -> str:
    """A uv that can read the lock file, installed if need be."""
    for candidate in (_own(), shutil.which("uv")):
        if candidate is not None and version(_asked(candidate)) >= OLDEST:
            return candidate
    say(f"Installing uv {VERSION} into {OWN}")
    return _installed(way())


def version(text: str) -> tuple[int, int]:
    """(0, 13) from `uv 0.13.8 (x86_64...)`."""
    found = re.match(r"uv (\d+)\.(\d+)", text)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def way() -> Callable[[], None]:
    """How uv can be installed with what this Python has."""
    if not _has("ensurepip") and not _has("pip") and apt.usable():
        apt.install("Python's venv", [["python3-venv"]])
    if _has("ensurepip"):
        return _through_venv
    if _has("pip"):
        return _through_pip
    raise SetupError(ADVICE)


def _has(module: str) -> bool:
    """Asked in a new process: this one does not see what was installed since it began."""
    if find_spec(module) is not None:
        return True
    asked = [sys.executable, "-c", f"import {module}"]
    return subprocess.call(asked, stderr=subprocess.DEVNULL) == 0  # noqa: S603 - our own Python


def _through_venv() -> None:
    _run([sys.executable, "-m", "venv", "--clear", str(OWN)])
    _run([str(OWN / "bin" / "python"), "-m", "pip", "install", "-q", f"uv=={VERSION}"])


def _through_pip() -> None:
    shutil.rmtree(OWN, ignore_errors=True)
    place = ["--target", str(OWN), "--no-warn-script-location"]
    _run([sys.executable, "-m", "pip", "install", "-q", *place, f"uv=={VERSION}"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own Python
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        message = f"uv could not be installed ({' '.join(last)}): install it yourself, then again"
        raise SetupError(message)


def _installed(install: Callable[[], None]) -> str:
    install()
    found = _own()
    if found is None:
        message = f"uv was installed, but is not in {OWN}/bin: install it yourself, then again"
        raise SetupError(message)
    return found


def _own() -> str | None:
    path = OWN / "bin" / "uv"
    return str(path) if path.is_file() else None


def _asked(candidate: str) -> str:
    asked = [candidate, "--version"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - found, or ours
