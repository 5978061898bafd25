"""The command line of the doctor."""

import asyncio
import logging
import sys
from collections.abc import Sequence

import click
from pydantic_settings import BaseSettings

from inference import lanes
from inference.cache.settings import CacheSettings
from inference.doctor.examination import Settings, examine
from inference.doctor.finding import Finding, Verdict, fail
from inference.doctor.resolved import of_lane, resolved
from inference.engines.runtime.settings import EngineSettings
from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Topics
from inference.settings import (
    ControlSettings,
    LadderSettings,
    LogSettings,
    ReaderSettings,
    WorkerSettings,
)
from inference.web.guard.settings import GuardSettings
from inference.web.running import built

# What is looked at for slips and shown; nothing is examined by them.
OTHERS: Sequence[type[BaseSettings]] = (
    LogSettings,
    ControlSettings,
    LadderSettings,
    CacheSettings,
    EngineSettings,
    GuardSettings,
)
COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@click.command()
@click.argument("lane", nargs=-1)
def doctor(lane: Sequence[str]) -> None:
    """Look at all that LANE needs (by default every lane), and say what to do about it."""
    # What the clients log is part of the findings.
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    try:
        chosen = [lanes.contract(name).lane for name in lane or lanes.packages()]
        settings = Settings(
            built(KafkaSettings),
            built(Topics),
            built(ReaderSettings),
            built(WorkerSettings),
            (*map(built, OTHERS), *(one for name in chosen for one in of_lane(name))),
        )
        failed = asyncio.run(_tell(chosen, settings))
    except Misconfigured as error:
        _show(fail("settings", str(error), "see docs/settings.md"))
        sys.exit(1)
    _show_settings(settings)
    sys.exit(1 if failed else 0)


async def _tell(chosen: Sequence[str], settings: Settings) -> bool:
    """Show findings as they come; whether one of them failed."""
    failed = False
    async for finding in examine(chosen, settings):
        _show(finding)
        failed = failed or finding.verdict is Verdict.FAIL
    return failed


def _show(finding: Finding) -> None:
    mark = click.style(f"{finding.verdict:5}", fg=COLOURS[finding.verdict], bold=True)
    click.echo(f"{mark}{finding.about}: {finding.said}")
    if finding.advice:
        click.echo(f"     -> {finding.advice}")


def _show_settings(settings: Settings) -> None:
    click.echo("\nsettings, and where they come from")
    for setting in resolved(settings.everything):
        click.echo(f"  {setting.source:12}{setting.name}={setting.value}")
