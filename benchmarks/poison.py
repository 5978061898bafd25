"""`python -m benchmarks.poison`: records that kill their worker; are all others answered?"""

import click

from benchmarks.chaos.plans import poisonous
from benchmarks.chaos.program import ended, seeded


@click.command()
@click.option("--records", default=30_000, show_default=True, help="Records to send.")
@click.option("--workers", default=3, show_default=True, help="Workers at a time.")
@seeded
def main(seed: str, records: int, workers: int) -> None:
    """Send records among which some kill; each may cost two workers, and no innocent its answer."""
    ended(poisonous(seed, records, workers))


if __name__ == "__main__":
    main()
