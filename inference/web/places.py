"""An exception as the places it went through, without its message: that may quote data."""

import traceback
from itertools import pairwise
from pathlib import Path

_HERE = f"{Path(__file__).parents[2]}/"
_PACKAGES = "site-packages/"


def places(error: BaseException) -> str:
    """Every type of the chain, and file, line and function of each of its frames."""
    chain = _chain(error)
    parts = [_one(chain[0])]
    for effect, cause in pairwise(chain):
        parts.append("caused by" if cause is effect.__cause__ else "while handling")
        parts.append(_one(cause))
    return "\n".join(parts)


def type_name(error: BaseException) -> str:
    """The full name of an exception's type."""
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (last := _before(chain[-1])) is not None and last not in chain:
        chain.append(last)
    return chain


def _before(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _one(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    lines.insert(0, type_name(error))
    if isinstance(error, BaseExceptionGroup):
        lines += [f"  | {line}" for one in error.exceptions for line in places(one).splitlines()]
    return "\n".join(lines)


def _short(filename: str) -> str:
    """The path as seen from the project or from the installed packages."""
    _, found, inside = filename.rpartition(_PACKAGES)
    return inside if found else filename.removeprefix(_HERE)
