"""`python -m benchmarks.chaos`: workers and the broker are killed and frozen; is anything lost?"""

import click

from benchmarks.chaos.plans import stormy
from benchmarks.chaos.program import ended, seeded
from benchmarks.chaos.schedule import Storm


@click.command()
@click.option("--records", default=100_000, show_default=True, help="Records to send.")
@click.option("--workers", default=3, show_default=True, help="Workers at a time.")
@click.option("--kills", default=20, show_default=True, help="SIGTERM or SIGKILL to a worker.")
@click.option("--freezes", default=4, show_default=True, help="SIGSTOP beyond the session.")
@click.option("--broker-strikes", default=6, show_default=True, help="Restarts and freezes.")
@click.option("--poison", default=6, show_default=True, help="Records that kill.")
@click.option("--seconds", default=240.0, show_default=True, help="How long it storms.")
@seeded
def main(seed: str, seconds: float, records: int, poison: int, **storm: int) -> None:
    """Send records through a storm of faults, and check that each is answered once, in order."""
    ended(stormy(seed, records, Storm(seconds, **storm), poison))


if __name__ == "__main__":
    main()
