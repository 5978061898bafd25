"""Makes the archive of classes that takes a second off every later start of Kafka."""

import tempfile
from pathlib import Path

from local import java, jvm
from local.errors import BrokerError
from local.kafka import Broker
from local.ports import free_port
from local.speech import say


def quicken() -> None:
    """Start and stop Kafka once, as a lesson; does nothing where that was done."""
    runtime = java.java()
    if runtime is None or jvm.archive(runtime).exists():
        return
    say("Preparing Kafka for quick starts (once)")
    archive = jvm.archive(runtime)
    part = archive.with_suffix(".part")
    try:
        _learn(part)
    except BrokerError as error:
        say(f"  not this time: {error}")
    if part.exists():
        part.rename(archive)


def _learn(archive: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="penstock-kafka-") as folder:
        lesson = Broker(Path(folder), free_port(), options=[f"-XX:ArchiveClassesAtExit={archive}"])
        try:
            lesson.start()
        finally:
            lesson.stop()
