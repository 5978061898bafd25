"""How figures are shown: as ratios, with both sides beside them."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table


class Row(NamedTuple):
    """One comparison, or one figure against its bound."""

    what: str
    ours: float
    theirs: float
    ratio: float
    unit: str
    wanted: float


def median(figures: Sequence[float]) -> float:
    """The middle one: these machines are noisy."""
    return statistics.median(figures)


def show(rows: Sequence[Row]) -> None:
    """Prints all of them."""
    table = Table("what", "ours", "compared with", "unit", "ratio", "wanted")
    for row in rows:
        figures = (f"{row.ours:,.1f}", f"{row.theirs:,.1f}", row.unit, f"{row.ratio:.2f}")
        table.add_row(row.what, *figures, f"{row.wanted:.2f}")
    Console(width=120).print(table)
