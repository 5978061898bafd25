"""`python -m inference models`: what is done with models before anything is asked of them."""

from importlib import import_module
from typing import ClassVar

import click


class Verbs(click.Group):
    """Imports a verb when it is called for: each needs other libraries."""

    ELSEWHERE: ClassVar = {
        "check": "inference.models.check",
        "list": "inference.models.listing",
        "prototypes": "inference.models.prototypes",
        "quantize": "inference.models.quantize",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them."""
        return sorted([*super().list_commands(ctx), *self.ELSEWHERE])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of them: what its module calls `command`."""
        if name not in self.ELSEWHERE:
            return super().get_command(ctx, name)
        found: click.Command = import_module(self.ELSEWHERE[name]).command
        return found


@click.group(cls=Verbs)
def models() -> None:
    """Look at models, and make what answers in their place."""
