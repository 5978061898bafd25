"""From a fresh clone to a machine that runs Penstock, in steps that are skipped once done."""

import argparse
import sys
from collections.abc import Sequence

from local import apt, environment, jars, java
from local.errors import SetupError
from local.quickening import quicken

RUNTIMES = [["openjdk-17-jre-headless"], ["openjdk-21-jre-headless"], ["default-jre-headless"]]


def main(arguments: Sequence[str]) -> int:
    """Do what is missing; 1 and one line where this machine must be helped first."""
    asked = _parser().parse_args(arguments)
    try:
        environment.ready(asked.extra, dev=asked.tests)
        if asked.broker:
            kafka()
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def kafka() -> None:
    """A Java that runs Kafka, Kafka's jars, and what makes it start quickly."""
    if not jars.present() or java.java() is None:
        _install()
    quicken()


def _install() -> None:
    missing = packages(has_java=java.java() is not None, has_maven=java.maven() is not None)
    if missing and apt.usable():
        apt.install("Java and Maven", missing)
        java.said.cache_clear()
    reason = jars.unavailable()
    if reason is not None:
        raise SetupError(reason)


def packages(*, has_java: bool, has_maven: bool) -> list[list[str]]:
    """The choices of packages that bring what is missing, the best first."""
    maven = [] if has_maven else ["maven"]
    if has_java:
        return [maven] if maven else []
    return [[*runtime, *maven] for runtime in RUNTIMES]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m local.setup", description=__doc__)
    parser.add_argument("--extra", choices=("cpu", "gpu"), default="cpu", help="the engine's build")
    parser.add_argument("--tests", action="store_true", help="also what checks and tests need")
    parser.add_argument(
        "--no-broker", dest="broker", action="store_false", help="without Kafka: there is one"
    )
    return parser
