"""`python -m inference keys`: makes API keys."""

import click

from inference.web.guard import keys as hashed
from inference.web.guard.scopes import Scope


@click.group()
def keys() -> None:
    """Make API keys for the HTTP sides."""


@keys.command()
@click.option("--name", required=True, help="Whose key it is; stands in logs and in /usage.")
@click.option(
    "--scopes", required=True, help="What it is good for: read, write, admin, or several: a,b."
)
def new(name: str, scopes: str) -> None:
    """Print a new key, once, and the line for the file that API_KEYS_FILE names."""
    wanted = frozenset(scope.strip() for scope in scopes.split(","))
    if not wanted <= set(Scope):
        message = f"--scopes takes {', '.join(Scope)}, separated by commas"
        raise click.UsageError(message)
    try:
        key, line = hashed.made(name, frozenset(map(Scope, wanted)))
    except ValueError as error:
        message = "--name takes up to 64 letters, digits and the signs . _ - @"
        raise click.UsageError(message) from error
    click.echo(
        "The key, for the header X-API-Key; it is not kept and cannot be shown again:", err=True
    )
    click.echo(key)
    click.echo("The line for the file of keys; it cannot be turned back into the key:", err=True)
    click.echo(line)
