"""Kafka's jars, from their Maven artifacts into `.local/`."""

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from local import java
from local.places import JARS, LOGS, POM
from local.speech import Progress, watched

STAMP = ".complete"
LOG = LOGS / "maven.log"
UNITS = {"B": 1e-6, "kB": 1e-3, "MB": 1.0}


def present() -> bool:
    """Whether all the jars of this very pom are there."""
    stamp = JARS / STAMP
    return stamp.is_file() and stamp.read_text() == _digest()


def unavailable() -> str | None:
    """Why no broker can be started here, in one line; None when the jars are there or were got."""
    if java.java() is None:
        return f"there is no Java of version {java.OLDEST} or later: {java.ADVICE}"
    if present():
        return None
    if java.maven() is None:
        return f"there is no Maven, which brings Kafka: {java.ADVICE}"
    return fetch()


def fetch() -> str | None:
    """Let Maven copy the jars beside the old ones, then swap; gives back why not, if not."""
    progress = Progress(f"Fetching Apache Kafka through Maven (log: {LOG})")
    fresh = JARS.with_name("lib.part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    if not watched(_copy(fresh), progress, Downloads(), LOG):
        progress.done("failed")
        return f"Maven could not bring Kafka's jars: {first_error(LOG.read_text().splitlines())}"
    (fresh / STAMP).write_text(_digest())
    shutil.rmtree(JARS, ignore_errors=True)
    fresh.rename(JARS)
    progress.done(f"{len(list(JARS.glob('*.jar')))} jars in {JARS}")
    return None


class Downloads:
    """Reads Maven's output: how many jars came, and how large they were."""

    def __init__(self) -> None:
        self.files = 0
        self.megabytes = 0.0

    def __call__(self, line: str) -> str | None:
        """Where it stands after this line; None where the line says nothing new."""
        found = re.search(r"Downloaded from .*\.jar \(([\d.]+) (B|kB|MB)", line)
        if found is None:
            return None
        self.files += 1
        self.megabytes += float(found.group(1)) * UNITS[found.group(2)]
        return f"{self.files} jars, {self.megabytes:.1f} MB"


def first_error(lines: Sequence[str]) -> str:
    """Maven's first complaint, which is the one that matters."""
    errors = [line for line in lines if line.startswith("[ERROR]")]
    return errors[0].removeprefix("[ERROR]").strip() if errors else f"see {LOG}"


def _copy(folder: Path) -> list[str]:
    options = ["-B", "-f", str(POM), f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    return [java.maven() or "mvn", *options, "dependency:copy-dependencies"]


def _digest() -> str:
    return hashlib.sha256(POM.read_bytes()).hexdigest()
