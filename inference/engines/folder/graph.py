"""What an ONNX file says of itself, read from its bytes: no runtime, no weights, milliseconds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from inference.engines.folder.wire import Field, NotProtobufError, fields

Parts = Mapping[int, Sequence[Field]]

# Fields by their numbers in onnx.proto, message by message.
MODEL_VERSION, MODEL_GRAPH, MODEL_OPSETS, MODEL_METADATA, MODEL_FUNCTIONS = 5, 7, 8, 14, 25
GRAPH_NODES, GRAPH_WEIGHTS, GRAPH_INPUTS, GRAPH_OUTPUTS, GRAPH_SPARSE = 1, 5, 11, 12, 15
NODE_INPUTS, NODE_OUTPUTS, NODE_OPERATOR, NODE_ATTRIBUTES, FUNCTION_NODES = 1, 2, 4, 5, 7
ATTRIBUTE_WEIGHTS, ATTRIBUTE_GRAPHS, ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
SPARSE_PARTS = (1, 2)
TENSOR_NAME, TENSOR_DATA, TENSOR_PLACE, TENSOR_DTYPE, TENSOR_SHAPE = 8, 13, 14, 1, 2
PORT_NAME, PORT_TYPE, TYPE_TENSOR, SHAPE_SIDES, SIDE_LENGTH = 1, 2, 1, 1, 1
KEY, VALUE = 1, 2

# Types by their numbers in onnx.proto; those that no picture comes in are not needed.
DTYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 10: "float16", 11: "float64"}
EXTERNAL = 1
# Operators that give what they are given, in another shape or type.
PASSING = frozenset({"Identity", "Cast", "Reshape", "Flatten", "Squeeze"})
DEEPEST = 50


class Tensor(NamedTuple):
    """An input or output; a dimension that may vary is None, an unknown shape too."""

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None


class Graph(NamedTuple):
    """What can be known of a model from its file."""

    opsets: Mapping[str, int]
    """The version of each domain of operators; `""` is that of ONNX itself."""
    version: int
    """The model's own, 0 where it has none."""
    metadata: Mapping[str, str]
    inputs: tuple[Tensor, ...]
    last: str | None
    """The operator that computes the first output."""
    data: tuple[str, ...]
    """Other files that hold its weights, as it calls them."""


def read_graph(model: memoryview) -> Graph:
    """What a file says; raises CutShortError or NotProtobufError where it is no whole model."""
    parts = _parts(model)
    if MODEL_GRAPH not in parts or MODEL_OPSETS not in parts:
        raise NotProtobufError
    graph = _parts(parts[MODEL_GRAPH][-1].content)
    return Graph(
        opsets=dict(_opset(field) for field in parts[MODEL_OPSETS]),
        version=_number(parts, MODEL_VERSION),
        metadata=dict(_pair(field) for field in _all(parts, MODEL_METADATA)),
        inputs=_inputs(graph),
        last=_last(graph),
        data=tuple(dict.fromkeys(chain(_data(graph), _data_of_functions(parts)))),
    )


def _parts(message: memoryview) -> Parts:
    found = defaultdict(list)
    for field in fields(message):
        found[field.number].append(field)
    return found


def _all(parts: Parts, *numbers: int) -> list[Field]:
    return [field for number in numbers for field in parts.get(number, ())]


def _text(parts: Parts, number: int) -> str:
    return parts[number][-1].text if number in parts else ""


def _number(parts: Parts, number: int) -> int:
    return parts[number][-1].whole if number in parts else 0


def _within(parts: Parts, number: int) -> Parts:
    return _parts(parts[number][-1].content) if number in parts else {}


def _pair(field: Field) -> tuple[str, str]:
    parts = _parts(field.content)
    return _text(parts, KEY), _text(parts, VALUE)


def _opset(field: Field) -> tuple[str, int]:
    parts = _parts(field.content)
    domain = _text(parts, KEY)
    return "" if domain == "ai.onnx" else domain, _number(parts, VALUE)


def _inputs(graph: Parts) -> tuple[Tensor, ...]:
    """Old exporters list the weights among the inputs: those are left out."""
    weights = {_text(_parts(field.content), TENSOR_NAME) for field in _all(graph, GRAPH_WEIGHTS)}
    tensors = (_tensor(_parts(field.content)) for field in _all(graph, GRAPH_INPUTS))
    return tuple(tensor for tensor in tensors if tensor.name not in weights)


def _tensor(port: Parts) -> Tensor:
    kind = _within(_within(port, PORT_TYPE), TYPE_TENSOR)
    shape = None
    if TENSOR_SHAPE in kind:
        sides = _all(_within(kind, TENSOR_SHAPE), SHAPE_SIDES)
        shape = tuple(_side(_parts(field.content)) for field in sides)
    number = _number(kind, TENSOR_DTYPE)
    return Tensor(_text(port, PORT_NAME), DTYPES.get(number, f"type {number}"), shape)


def _side(side: Parts) -> int | None:
    return _number(side, SIDE_LENGTH) if SIDE_LENGTH in side else None


def _last(graph: Parts) -> str | None:
    """Follows the first output back to what computes it."""
    if GRAPH_OUTPUTS not in graph:
        return None
    wanted = _text(_parts(graph[GRAPH_OUTPUTS][0].content), PORT_NAME)
    for field in reversed(_all(graph, GRAPH_NODES)):
        node = _parts(field.content)
        if wanted in {name.text for name in _all(node, NODE_OUTPUTS)}:
            operator = _text(node, NODE_OPERATOR)
            if operator not in PASSING or NODE_INPUTS not in node:
                return operator
            wanted = node[NODE_INPUTS][0].text
    return None


def _data(graph: Parts, depth: int = 0) -> Iterator[str]:
    """The files that a graph's weights lie in, those of the graphs inside it too."""
    if depth > DEEPEST:
        raise NotProtobufError
    yield from _data_of_weights(_all(graph, GRAPH_WEIGHTS))
    yield from _data_of_sparse(_all(graph, GRAPH_SPARSE))
    yield from _data_of_nodes(_all(graph, GRAPH_NODES), depth)


def _data_of_functions(model: Parts) -> Iterator[str]:
    for field in _all(model, MODEL_FUNCTIONS):
        yield from _data_of_nodes(_all(_parts(field.content), FUNCTION_NODES), 0)


def _data_of_nodes(nodes: Sequence[Field], depth: int) -> Iterator[str]:
    for field in (a for node in nodes for a in _all(_parts(node.content), NODE_ATTRIBUTES)):
        attribute = _parts(field.content)
        yield from _data_of_weights(_all(attribute, *ATTRIBUTE_WEIGHTS))
        yield from _data_of_sparse(_all(attribute, *ATTRIBUTE_SPARSE))
        for inner in _all(attribute, *ATTRIBUTE_GRAPHS):
            yield from _data(_parts(inner.content), depth + 1)


def _data_of_sparse(tensors: Sequence[Field]) -> Iterator[str]:
    for field in tensors:
        yield from _data_of_weights(_all(_parts(field.content), *SPARSE_PARTS))


def _data_of_weights(tensors: Sequence[Field]) -> Iterator[str]:
    for tensor in (_parts(field.content) for field in tensors):
        if _number(tensor, TENSOR_PLACE) == EXTERNAL:
            yield dict(_pair(field) for field in _all(tensor, TENSOR_DATA)).get("location", "")
