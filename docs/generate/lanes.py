"""The lanes of this repository; those of other packages document themselves."""

from typing import Any

from inference import lanes
from inference.contract import Contract


def contracts() -> list[Contract[Any, Any]]:
    """In the order of their names."""
    own = [name for name, package in lanes.packages().items() if package.startswith(lanes.__name__)]
    return [lanes.contract(name) for name in own]
