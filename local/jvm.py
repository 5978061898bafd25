"""How Kafka's virtual machine is started: small, and quick where classes were archived before."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from local import java
from local.errors import BrokerError
from local.places import JARS

HEAP = "384m"
SMALL = ("-Xms128m", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
QUIET = (
    "-Xlog:disable",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
)


def command(options: Sequence[str] = ()) -> list[str]:
    """The beginning of the command line, up to the class to start."""
    runtime = _runtime()
    archived = archive(runtime)
    quick = [f"-XX:SharedArchiveFile={archived}"] if archived.exists() else []
    fixed = (*SMALL, "-XX:+ExitOnOutOfMemoryError", *QUIET, "-cp", f"{JARS}/*")
    return [runtime, *quick, *options, *fixed]


def archive(runtime: str) -> Path:
    """Where the classes of Kafka are archived for this very runtime; beside the jars, with them."""
    release = hashlib.sha256(java.said(runtime).encode()).hexdigest()[:12]
    return JARS / f"classes-{release}.jsa"


def _runtime() -> str:
    runtime = java.java()
    if runtime is None or not JARS.is_dir():
        message = f"Java or Kafka's jars are missing: make setup, or {java.ADVICE}"
        raise BrokerError(message)
    return runtime
