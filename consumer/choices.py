"""What somebody on the command line wants replayed: dead letters, or degraded answers."""

from dataclasses import dataclass

import click

from consumer.replay import Selection
from consumer.store.wanted import Wanted


@dataclass(frozen=True)
class Said:
    """The options that select, as they were given."""

    degraded: bool
    force: bool
    everything: bool
    lane: str | None
    reason: str | None
    since: int | None
    until: int | None
    ids: tuple[str, ...]

    def choice(self) -> Selection | Wanted:
        """What they mean; raises UsageError where they mean nothing."""
        return self._answers() if self.degraded else self._letters()

    def _letters(self) -> Selection:
        if self.force:
            message = "--force goes with --degraded: a dead letter has no answer to replace"
            raise click.UsageError(message)
        selection = Selection(self.lane, self.reason, self.since, self.until, self.ids)
        if selection == Selection() and not self.everything:
            message = "select with --reason, --lane, --since, --until or --id, or say --all"
            raise click.UsageError(message)
        return selection

    def _answers(self) -> Wanted:
        if self.reason or self.ids:
            message = "--reason and --id select dead letters; --degraded takes --lane and --since"
            raise click.UsageError(message)
        selected = {self.lane, self.since, self.until} != {None}
        if not selected and not self.everything:
            message = "select with --lane, --since or --until, or say --all"
            raise click.UsageError(message)
        return Wanted(self.lane, self.since, self.until, force=self.force)
