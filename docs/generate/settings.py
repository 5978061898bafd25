"""A page of every setting of every program, from the settings classes themselves."""

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from docs.generate.source import ROOT, classes_of, computed_in

ABOUT = """\
# Settings

<!-- Generated from the settings classes by `python -m docs.generate --write`; edit those. -->

Every setting is an environment variable; each program reads its own once, at its start.
`python -m inference doctor` shows what is in force, and where it comes from.
A default marked *computed* depends on the machine; one marked *secret* is never shown or logged.
"""
EVERYBODY = "Every program"
LANE = "Lane "
CHAPTERS = {
    ("inference", "kafka"): EVERYBODY,
    ("inference", "security"): EVERYBODY,
    ("inference", "settings"): "Worker",
    ("inference", "serve"): "Inference API",
    ("inference", "web"): "Every HTTP side",
}


def document() -> str:
    """The whole page."""
    chapters: dict[str, list[type[BaseSettings]]] = {EVERYBODY: []}
    for settings in classes_of("inference", "producer", "consumer", "local"):
        chapters.setdefault(_program(settings.__module__), []).append(settings)
    parts = [ABOUT]
    # Lanes last: there will be many.
    for program in sorted(chapters, key=lambda program: program.startswith(LANE)):
        parts += [f"## {program}\n", *(_section(settings) for settings in chapters[program])]
    return "\n".join(parts)


def variables(settings: type[BaseSettings]) -> Mapping[str, FieldInfo]:
    """Its fields by the names of their environment variables, without groups of other settings."""
    prefix = settings.model_config.get("env_prefix", "")
    return {
        f"{prefix}{name}".upper(): field
        for name, field in settings.model_fields.items()
        if not _is_group(field)
    }


def _program(module: str) -> str:
    program, part, lane = (*module.split("."), "", "")[:3]
    if (program, part) == ("inference", "lanes"):
        return LANE + lane.replace("_", "-")
    return CHAPTERS.get(
        (program, part), "`make run`" if program == "local" else program.capitalize()
    )


def _section(settings: type[BaseSettings]) -> str:
    sentence = (settings.__doc__ or "").strip().splitlines()[0]
    computed = computed_in(settings)
    rows = [
        f"| `{name}` | {_default(field, computed)} | {_escaped(field.description or '')} |"
        for name, field in variables(settings).items()
    ]
    return "\n".join(
        [f"**{sentence}**", "", "| variable | default | meaning |", "|---|---|---|", *rows, ""]
    )


def _default(field: FieldInfo, computed: set[str]) -> str:
    if SecretStr in _kinds(field.annotation):
        return "*secret*"
    if field.description in computed:
        return "*computed*"
    if field.default_factory is not None:
        made = field.get_default(call_default_factory=True, validated_data={})
        return f"`{made}`" if made in ({}, [], ()) else "*computed*"
    value = field.default.value if isinstance(field.default, Enum) else field.default
    if isinstance(value, Path) and value.is_relative_to(ROOT):
        value = value.relative_to(ROOT)
    return "" if value is None else f"`{value}`"


def _is_group(field: FieldInfo) -> bool:
    return any(
        isinstance(k, type) and issubclass(k, BaseSettings) for k in _kinds(field.annotation)
    )


def _kinds(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever a field may be
    yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _kinds(argument)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
