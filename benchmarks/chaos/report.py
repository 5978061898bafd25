"""What a run has shown."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.chaos.checker import Breach, History, Violation, check
from benchmarks.chaos.crew import Death

SHOWN = 5
PER_POISON = 2
FEW = 20
# Killed by itself, ended by the watchdog for a batch, ended by it for the loop.
OF_POISON = frozenset({-9, 70, 1})


@dataclass(frozen=True)
class Report:
    """The history of a run and how it ended; `seconds` is None where it did not."""

    seed: str
    history: History
    deaths: Sequence[Death]
    log: Path
    poison: int
    seconds: float | None

    @cached_property
    def violations(self) -> list[Violation]:
        """What the checker found."""
        return check(self.history)

    @property
    def own_deaths(self) -> list[Death]:
        """Those that nobody else had brought about."""
        return [death for death in self.deaths if not death.intended]

    @property
    def injected(self) -> Counter[str]:
        """How many sends and runs were made to fail."""
        return Counter(re.findall(r'"at": "(send|run)"', self.log.read_text()))

    def complaints(self) -> list[str]:
        """A line for everything that must not be; empty is what one hopes for."""
        return [*map(str, self.violations), *self._of_the_run()]

    def _of_the_run(self) -> Iterator[str]:
        if self.seconds is None:
            yield "not everything was committed in time"
        if self.history.doubtful:
            yield f"{len(self.history.doubtful)} records were never acknowledged"
        if len(self.history.sightings) < FEW:
            yield "the witness has seen too little to vouch for what was committed"
        if len(self.own_deaths) > PER_POISON * self.poison:
            yield f"{len(self.own_deaths)} workers ended by themselves, with {self.poison} poison"
        yield from (str(death) for death in self.own_deaths if death.code not in OF_POISON)

    def __str__(self) -> str:
        """A few lines for a person."""
        outcomes = Counter(answers[0].outcome for answers in self.history.first.values())
        return "\n".join(
            [
                f"seed       {self.seed}",
                f"asked      {len(self.history.asked):,}; {_listed(outcomes)}",
                f"injected   {_listed(self.injected)}",
                f"deaths     {len(self.deaths)}, of these by themselves {len(self.own_deaths)}",
                *(f"           {death}" for death in self.deaths),
                f"duplicates {self.history.duplicates:,}",
                f"sightings  {len(self.history.sightings)}",
                f"finished   {'never' if self.seconds is None else f'after {self.seconds:.1f} s'}",
                f"verdict    {'WRONG' if self.complaints() else 'nothing lost, all in order'}",
                *(f"           {complaint}" for complaint in self._some_complaints()),
            ]
        )

    def _some_complaints(self) -> Iterator[str]:
        """All kinds, and some of each."""
        yield from self._of_the_run()
        for breach in Breach:
            found = [violation for violation in self.violations if violation.breach == breach]
            yield from map(str, found[:SHOWN])
            if len(found) > SHOWN:
                yield f"and {len(found) - SHOWN:,} more {breach}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common()) or "nothing"
