"""`python -m inference topics`: creates the topics that are missing."""

import asyncio
from collections.abc import Sequence

import click
from aiokafka.errors import KafkaError

from inference import lanes
from inference.kafka import KafkaSettings, Topics
from inference.stream import topics as cluster
from inference.stream.control import topics as control_topics
from inference.stream.control.topics import MadeControl
from inference.stream.raising import raise_limits
from inference.stream.topics import Made, TopicPlan
from inference.web.running import built


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be created.")
@click.option(
    "--raise-limits", "raising", is_flag=True, help="Let existing topics take larger records."
)
@click.argument("lane", nargs=-1)
def topics(lane: Sequence[str], *, dry_run: bool, raising: bool) -> None:
    """Create the topics of LANE (by default of every lane found) that are missing."""
    kafka = built(KafkaSettings)
    settings = built(Topics)
    plans = cluster.plan(map(lanes.contract, lane or lanes.packages()), settings)
    others = control_topics.plan(settings)
    try:
        made = asyncio.run(_foreseen(kafka, plans) if dry_run else _made(kafka, plans, raising))
        control = asyncio.run(control_topics.create(kafka, others, dry=dry_run))
    except (KafkaError, OSError, TimeoutError) as error:
        message = f"no broker answers at {kafka.bootstrap_servers} ({type(error).__name__})"
        raise click.ClickException(message) from error
    for plan in plans:
        click.echo(_line(plan, made.found.get(plan.name), dry_run=dry_run))
    for one in control:
        click.echo(_control_line(one, dry_run=dry_run))
    if made.too_small:
        raise click.ClickException("\n".join((*made.too_small, "or let me: --raise-limits")))


async def _made(kafka: KafkaSettings, plans: Sequence[TopicPlan], raising: bool) -> Made:  # noqa: FBT001 - the flag of a command line
    made = await cluster.create(kafka, plans)
    if not (raising and made.too_small):
        return made
    async with cluster.open_admin(kafka) as admin:
        for name in await raise_limits(admin, plans):
            click.echo(f"raised   {name}")
    return await cluster.create(kafka, plans)


async def _foreseen(kafka: KafkaSettings, plans: Sequence[TopicPlan]) -> Made:
    async with cluster.open_admin(kafka) as admin:
        there = await cluster.partitions(admin)
        found = {plan.name: there[plan.name] for plan in plans if plan.name in there}
        created = [plan.name for plan in plans if plan.name not in there]
        limits = await cluster.limits(admin, list(found))
        return Made(created, found, cluster.too_small(limits, plans))


def _control_line(made: MadeControl, *, dry_run: bool) -> str:
    if made.refused is None:
        return _line(made.plan, made.found, dry_run=dry_run)
    why = "records need it not; without it processes neither report nor obey"
    return f"refused  {made.plan.name}  {made.refused}: {why}"


def _line(plan: TopicPlan, found: int | None, *, dry_run: bool) -> str:
    if found is not None:
        return f"there    {plan.name}  partitions={found}"
    config = " ".join(f"{name}={value}" for name, value in plan.config.items())
    said = "missing" if dry_run else "created"
    return f"{said:8} {plan.name}  partitions={plan.partitions} {config}"
