"""Finds what the programs declare: settings classes and metrics, wherever they are."""

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource
from pathlib import Path
from textwrap import dedent
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
    """Every module called `metrics`, and who shows its series."""
    for name in modules(*programs):
        if name.rpartition(".")[2] == "metrics":
            shared = name.startswith("inference.web.")
            program = "every HTTP side" if shared else name.partition(".")[0]
            yield program, import_module(name)


def _settings_in(module: str) -> list[str]:
    tree = ast.parse(_file(module).read_text())
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(parent).endswith("BaseSettings") for parent in node.bases)
    ]


def computed_in(settings: type[BaseSettings]) -> set[str]:
    """The sentences of the fields whose default calls something: it depends on the machine."""
    body = ast.parse(dedent(getsource(settings)))
    fields = [node for node in ast.walk(body) if isinstance(node, ast.Call) and node.args]
    return {
        ast.literal_eval(word.value)
        for field in fields
        for word in field.keywords
        if word.arg == "description" and any(map(_calls, field.args))
    }


def _calls(default: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(default))


def _file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
