"""What the fixture `perform` is."""

from collections.abc import Callable

from benchmarks.chaos.report import Report
from benchmarks.chaos.run import Plan

Perform = Callable[[Plan], Report]
