"""A page of every series that a process shows at /metrics, from where they are declared."""

from collections.abc import Iterator, Sequence
from types import ModuleType

from prometheus_client.metrics import MetricWrapperBase

from docs.generate.source import metrics_of
from inference.tally import Tally

Series = MetricWrapperBase | Tally

ABOUT = """\
# Metrics

<!-- Generated from the modules called `metrics` by `python -m docs.generate --write`. -->

Every process shows its series at `/metrics`. Labels come from closed sets: never a key, an id or a
payload. Histograms also have `_bucket`, `_sum` and `_count`.
"""


def document() -> str:
    """The whole page."""
    parts = [ABOUT]
    for program, module in metrics_of("inference", "producer", "consumer"):
        rows = [_row(series) for series in _series(module)]
        parts.append(
            "\n".join(
                [
                    f"## {program[0].upper()}{program[1:]}\n",
                    "| series | kind | labels | meaning |",
                    "|---|---|---|---|",
                    *rows,
                    "",
                ]
            )
        )
    return "\n".join(parts)


def _series(module: ModuleType) -> Iterator[Series]:
    for value in vars(module).values():
        if isinstance(value, MetricWrapperBase | Tally):
            yield value


def _row(series: Series) -> str:
    [described] = series.collect() if isinstance(series, Tally) else series.describe()
    name = described.name + ("_total" if described.type == "counter" else "")
    labels = ", ".join(f"`{label}`" for label in _labels(series))
    return f"| `{name}` | {described.type} | {labels} | {described.documentation} |"


def _labels(series: Series) -> Sequence[str]:
    if isinstance(series, Tally):
        return ["lane"]
    return tuple(series._labelnames)  # noqa: SLF001 - nothing public tells them
