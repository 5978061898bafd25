"""Finds what the programs declare: settings classes and metrics, wherever they are."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pydantic_settings import BaseSettings

ROOT = Path(__file__).parents[2]


def modules(*programs: str) -> Iterator[str]:
    """The names of all modules of these programs, without importing them."""
    for program in programs:
        for path in sorted((ROOT / program).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(part for part in parts if part != "__init__")


def classes_of(*programs: str) -> Iterator[type[BaseSettings]]:
    """Every settings class; only modules that have one are imported."""
    for name in modules(*programs):
        for found in _settings_in(name):
            yield getattr(import_module(name), found)


def metrics_of(*programs: str) -> Iterator[tuple[str, ModuleType]]:
    """Every module called `metrics`, and the program that it belongs to."""
    for name in modules(*programs):
        if name.rpartition(".")[2] == "metrics":
            yield name.partition(".")[0], import_module(name)


def _settings_in(module: str) -> list[str]:
    tree = ast.parse(_file(module).read_text())
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(parent).endswith("BaseSettings") for parent in node.bases)
    ]


def _file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
