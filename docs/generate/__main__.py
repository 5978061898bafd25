"""`python -m docs.generate`: writes the generated documents, or says which have drifted."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from docs.generate import asyncapi, evolution, metrics, schemas, settings

DOCS = Path(__file__).parents[1]


def documents() -> dict[Path, str]:
    """Every generated document as it must be."""
    return {
        **{DOCS / name: text for name, text in schemas.documents().items()},
        DOCS / "asyncapi.yaml": asyncapi.document(),
        DOCS / "settings.md": settings.document(),
        DOCS / "metrics.md": metrics.document(),
    }


@click.command()
@click.option("--write/--check", default=False, help="Write them, or fail where they have drifted.")
def main(*, write: bool) -> None:
    """Generate schemas, asyncapi.yaml, settings.md and metrics.md from the code."""
    drifted = {path: text for path, text in documents().items() if _present(path) != text}
    broken = _broken(drifted)
    for path in drifted:
        click.echo(f"{'written' if write else 'drifted'}: {path.relative_to(DOCS.parent)}")
    for sentence in broken:
        click.echo(sentence, err=True)
    if broken or (drifted and not write):
        click.echo("after a change in the code run: python -m docs.generate --write", err=True)
        sys.exit(1)
    for path, text in drifted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _present(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _broken(drifted: Mapping[Path, str]) -> list[str]:
    """A schema that stands is only ever added to, so that its readers go on reading."""
    return [
        f"{path.name}: {change}; give the lane's contract a new version instead"
        for path, text in drifted.items()
        if path.suffix == ".json" and path.exists()
        for change in evolution.breaks(path.read_text(), text)
    ]


if __name__ == "__main__":
    main()
