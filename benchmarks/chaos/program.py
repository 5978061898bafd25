"""What both programs do around a run: the seed first, a broker of their own, the verdict last."""

import shutil
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import click

from benchmarks.chaos.plans import new_seed, own_broker
from benchmarks.chaos.run import Plan, run

seeded = click.option(
    "--seed",
    envvar="CHAOS_SEED",
    default=new_seed,
    help="Where chance begins; a new one by default.  [env: CHAOS_SEED]",
)


def ended(plan: Plan) -> None:
    """Run it, say what it has shown and end; with 1, and the logs kept, if something is wrong."""
    print(f"seed {plan.seed}: the same with CHAOS_SEED={plan.seed}", flush=True)
    folder = Path(mkdtemp(prefix="penstock-chaos-"))
    started = time.monotonic()
    with own_broker(folder) as broker:
        report = run(plan, broker, folder)
    print(report, f"took       {time.monotonic() - started:.0f} s", sep="\n")
    if report.complaints():
        print(f"The logs are in {folder}.")
        sys.exit(1)
    shutil.rmtree(folder)
