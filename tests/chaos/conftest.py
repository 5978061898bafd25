import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from performing import Perform

from benchmarks.chaos.plans import new_seed
from benchmarks.chaos.report import Report
from benchmarks.chaos.run import Plan, run
from local.kafka import Broker


@pytest.fixture
def seed() -> str:
    """`CHAOS_SEED=... pytest tests/chaos` repeats a run."""
    return os.environ.get("CHAOS_SEED") or new_seed()


@pytest.fixture
def perform(
    new_broker: Callable[[], Broker], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Perform:
    """Carries a plan out on a broker of its own, and tells about it even where output is caught."""

    def performed(plan: Plan) -> Report:
        broker = new_broker()
        broker.start()
        with capsys.disabled():
            sys.stdout.write(f"\nCHAOS_SEED={plan.seed}\n")
            sys.stdout.flush()
            report = run(plan, broker, tmp_path)
            sys.stdout.write(f"{report}\n")
        return report

    return performed
