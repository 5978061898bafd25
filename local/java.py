"""The Java runtime and Maven: found, not assumed."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

OLDEST = 17
ADVICE = (
    "install openjdk-17-jre-headless and maven (macOS: brew install openjdk maven), "
    "or set KAFKA_BOOTSTRAP_SERVERS to a broker of yours"
)


def java() -> str | None:
    """A Java runtime that Kafka accepts: JAVA_HOME's first, then the one on the path."""
    for candidate in (_at_home(), shutil.which("java")):
        if candidate is not None and (version(candidate) or 0) >= OLDEST:
            return candidate
    return None


def maven() -> str | None:
    """Maven's command."""
    return shutil.which("mvn")


def version(command: str) -> int | None:
    """The major version of a runtime; None where the command is only a stub, as on a bare macOS."""
    return major(said(command))


@cache
def said(command: str) -> str:
    """What a runtime says about itself."""
    try:
        asked = subprocess.run(  # noqa: S603 - a command that we found ourselves
            [command, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stderr + asked.stdout


def major(text: str) -> int | None:
    """17 from `openjdk version "17.0.15"`, and 8 from `java version "1.8.0_392"`."""
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(found.group(1)) if found else None


def _at_home() -> str | None:
    home = os.environ.get("JAVA_HOME")  # noqa: TID251 - Java's own convention; no setting of ours
    path = Path(home, "bin", "java") if home else None
    return str(path) if path is not None and path.is_file() else None
