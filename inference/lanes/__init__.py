"""The lanes there are: every folder here, and every package that is entry point `penstock.lanes`.

A lane's package has `contract.py` (CONTRACT), `samples.py` (samples, and perhaps headline, an
answer in short), `lane.py` (LANE) and, where it has HTTP paths of its own, `routes.py` (routes);
where its results add up to something, also `figures.py` (FIGURES), and `views.py` (VIEWS) to show
it. Only what is asked for is imported, so a program that needs contracts never loads a model
library.
"""

import json
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from inference.contract import Contract
from inference.errors import Misconfigured
from inference.figures import AnyFigures, AnyView

GROUP = "penstock.lanes"
Headline = Callable[[Mapping[str, Any]], tuple[str, str]]


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
    found: Callable[[Any], Any] | None = _own(name, "routes", "routes")
    return found


def figures(name: str) -> AnyFigures | None:
    """What a lane's results add up to, where that is kept."""
    found: AnyFigures | None = _own(name, "figures", "FIGURES")
    return found


def views(name: str) -> Sequence[AnyView]:
    """The pages that a lane makes of its figures."""
    found: Sequence[AnyView] | None = _own(name, "views", "VIEWS")
    return found or ()


def _own(name: str, module: str, attribute: str) -> Any:  # noqa: ANN401 - each lane has its own types
    """A part that a lane may have; None of a lane without it, and of a lane that is not here."""
    package = packages().get(name)
    if package is None or find_spec(f"{package}.{module}") is None:
        return None
    return getattr(import_module(f"{package}.{module}"), attribute)


def headline(name: str) -> Headline:
    """What shows a lane's answer in a line, and how sure it is; as it is, where it has nothing."""
    module = import_module(f"{packages()[name]}.samples")
    found: Headline = getattr(module, "headline", _as_it_is)
    return found


def _as_it_is(answer: Mapping[str, Any]) -> tuple[str, str]:
    return json.dumps(answer), ""
