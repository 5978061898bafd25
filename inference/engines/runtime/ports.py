"""What a graph takes and gives, as its callers see it."""

from typing import Any, NamedTuple

NARROW, WIDE = "float16", "float32"


class Port(NamedTuple):
    """An input or output of a graph; a dimension that may vary is None.

    Half precision is the graph's own affair: callers give and get `float32`.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]


def port(argument: Any) -> Port:  # noqa: ANN401 - ONNX Runtime's NodeArg
    """One of the graph's own."""
    dtype = dtype_of(argument)
    shape = tuple(size if isinstance(size, int) else None for size in argument.shape)
    return Port(argument.name, WIDE if dtype == NARROW else dtype, shape)


def dtype_of(argument: Any) -> str:  # noqa: ANN401 - ONNX Runtime's NodeArg
    """The type of its numbers, as NumPy calls it."""
    dtype = str(argument.type).removeprefix("tensor(").removesuffix(")")
    return {"float": WIDE}.get(dtype, dtype)
