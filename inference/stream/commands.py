"""`python -m inference topics`: creates the topics that are missing."""

import asyncio
from collections.abc import Sequence

import click
from aiokafka.errors import KafkaError

from inference import lanes
from inference.kafka import KafkaSettings, Topics
from inference.stream import topics as cluster
from inference.stream.topics import Made, TopicPlan


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be created.")
@click.argument("lane", nargs=-1)
def topics(lane: Sequence[str], *, dry_run: bool) -> None:
    """Create the topics of LANE (by default of every lane found) that are missing."""
    kafka = KafkaSettings()
    plans = cluster.plan(map(lanes.contract, lane or lanes.packages()), Topics())
    try:
        made = asyncio.run(_foreseen(kafka, plans) if dry_run else cluster.create(kafka, plans))
    except (KafkaError, OSError, TimeoutError) as error:
        message = f"no broker answers at {kafka.bootstrap_servers} ({type(error).__name__})"
        raise click.ClickException(message) from error
    for plan in plans:
        click.echo(_line(plan, made, dry_run=dry_run))
    if made.too_small:
        raise click.ClickException("\n".join(made.too_small))


async def _foreseen(kafka: KafkaSettings, plans: Sequence[TopicPlan]) -> Made:
    async with cluster.open_admin(kafka) as admin:
        there = await cluster.partitions(admin)
        found = {plan.name: there[plan.name] for plan in plans if plan.name in there}
        created = [plan.name for plan in plans if plan.name not in there]
        limits = await cluster.limits(admin, list(found))
        return Made(created, found, cluster.too_small(limits, plans))


def _line(plan: TopicPlan, made: Made, *, dry_run: bool) -> str:
    if plan.name in made.found:
        return f"there    {plan.name}  partitions={made.found[plan.name]}"
    config = " ".join(f"{name}={value}" for name, value in plan.config.items())
    said = "missing" if dry_run else "created"
    return f"{said:8} {plan.name}  partitions={plan.partitions} {config}"
