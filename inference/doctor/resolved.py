"""Every setting that is in force, where it comes from, and what is set without being one."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from pydantic import SecretStr
from pydantic_settings import BaseSettings, EnvSettingsSource

from inference import lanes
from inference.doctor.finding import Findings, warn
from inference.web.running import built

MASK = "********"
# How alike two names must be for the one to be a slip of the other.
ALIKE = 0.9


class Setting(NamedTuple):
    """A variable, its value (secrets masked) and its source."""

    name: str
    value: str
    source: str


def resolved(settings: Iterable[BaseSettings]) -> list[Setting]:
    """All of them, those that are set first."""
    found = [setting for one in settings for setting in _settings(one)]
    return sorted(found, key=lambda setting: setting.source == "default")


def of_lane(lane: str) -> list[BaseSettings]:
    """A lane's own settings, where it has any."""
    name = f"{lanes.packages()[lane]}.settings"
    if find_spec(name) is None:
        return []
    classes = vars(import_module(name)).values()
    return [
        built(it)
        for it in classes
        if isinstance(it, type) and it.__module__ == name and issubclass(it, BaseSettings)
    ]


def look_at_names(settings: Sequence[BaseSettings]) -> Findings:
    """Variables that are nearly called like a setting: whoever set them waits for their effect."""
    known = [setting.name for setting in resolved(settings)]
    found = []
    for name in sorted(name.upper() for name in _environment(settings[0])):
        close = [] if name in known else get_close_matches(name, known, 1, ALIKE)
        if close:
            found.append(warn("settings", f"nothing reads {name}", f"did you mean {close[0]}?"))
    return found


def _settings(settings: BaseSettings) -> Iterable[Setting]:
    environment = _environment(settings)
    prefix = settings.model_config.get("env_prefix", "")
    for field in type(settings).model_fields:
        value = getattr(settings, field)
        if isinstance(value, BaseSettings):
            yield from _settings(value)
            continue
        name = f"{prefix}{field}"
        source = "environment" if name.lower() in environment else _other(settings, field)
        yield Setting(name.upper(), _shown(value), source)


def _other(settings: BaseSettings, field: str) -> str:
    return "file" if field in settings.model_fields_set else "default"


def _environment(settings: BaseSettings) -> Mapping[str, str | None]:
    return EnvSettingsSource(type(settings)).env_vars


def _shown(value: Any) -> str:  # noqa: ANN401 - a setting may be anything
    if isinstance(value, SecretStr):
        return MASK
    return "" if value is None else str(value)
