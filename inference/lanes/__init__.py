"""The lanes there are: every folder here, and every package that is entry point `penstock.lanes`.

A lane's package has `contract.py` (CONTRACT), `samples.py` (samples), `lane.py` (LANE) and, where
it has HTTP paths of its own, `routes.py` (routes). Only what is asked for is imported, so a program
that needs contracts never loads a model library.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from inference.contract import Contract
from inference.errors import Misconfigured

GROUP = "penstock.lanes"


def packages() -> dict[str, str]:
    """The name of every lane found, and its package."""
    own = {
        module.name.replace("_", "-"): f"{__name__}.{module.name}"
        for module in pkgutil.iter_modules(__path__)
        if module.ispkg
    }
    return dict(
        sorted((own | {point.name: point.value for point in entry_points(group=GROUP)}).items())
    )


def part(name: str, module: str, attribute: str) -> Any:  # noqa: ANN401 - each lane has its own types
    """One part of one lane, or a sentence that says which lanes there are."""
    found = packages()
    if name not in found:
        message = f"no lane is called {name!r}; there are: {', '.join(found)}"
        raise Misconfigured(message)
    return getattr(import_module(f"{found[name]}.{module}"), attribute)


def contract(name: str) -> Contract[Any, Any]:
    """What a lane takes and gives."""
    found: Contract[Any, Any] = part(name, "contract", "CONTRACT")
    return found


def routes(name: str) -> Callable[[Any], Any] | None:
    """What makes a lane's own HTTP routes, where it has some."""
    module = f"{packages()[name]}.routes"
    if find_spec(module) is None:
        return None
    found: Callable[[Any], Any] = import_module(module).routes
    return found
