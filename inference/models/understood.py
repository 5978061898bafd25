"""What was understood of a model, in words."""

from collections.abc import Iterator

from inference.engines.folder.description import Description, Preprocess, Sides, pair
from inference.engines.folder.weights import Weights
from inference.engines.runtime.memory import MIB

Row = tuple[str, str]

MOST_LABELS = 5


def understood(weights: Weights) -> Iterator[Row]:
    """Every fact that answers depend on; whoever reads it sees what was not meant so."""
    said, file = weights.description, weights.file
    yield "source", weights.source
    yield "model", f"{said.name}, version {said.version}"
    yield "file", str(weights.path)
    yield "sha256", weights.ref.digest
    if file is not None:
        beside = f", {len(file.data)} of its files beside it" if file.data else ""
        yield "size", f"{file.size / MIB:.1f} MiB{beside}"
        yield "opset", ", ".join(f"{n or 'ai.onnx'} {v}" for n, v in file.graph.opsets.items())
    yield "input", _input(said)
    yield "resize", _resize(said.preprocess)
    yield "pixels", _pixels(said)
    yield "labels", _labels(weights.labels)
    yield "scores", _scores(said)
    yield from _stand_ins(said)
    if said.license:
        yield "license", said.license
    if said.disclaimer:
        yield "disclaimer", said.disclaimer


def _stand_ins(said: Description) -> Iterator[Row]:
    """What answers where the model itself cannot."""
    for name, other in (("light", said.light), ("basic", said.basic)):
        if other is not None:
            agrees = f"the same best label on {other.agreement:.1%} of {other.inputs} inputs"
            yield name, f"{other.file}, {agrees}"


def _input(said: Description) -> str:
    sides = " x ".join(map(str, said.shape))
    return f"{said.input.dtype}, {said.input.layout}, batches of {sides}, {said.preprocess.color}"


def _resize(preprocess: Preprocess) -> str:
    resize, cut = preprocess.resize, preprocess.crop
    words = {
        "shortest_edge": f"the shorter side becomes {resize.size}",
        "exact": f"stretched to {_sides(resize.size)}",
        "letterbox": f"fitted into {_sides(resize.size)}, the rest filled with {resize.fill}",
    }
    then = "" if cut is None else f", then {_sides(cut)} from the middle"
    return f"{words[resize.mode]} ({resize.resample}){then}"


def _sides(sides: Sides) -> str:
    height, width = pair(sides)
    return f"{width} x {height}"


def _pixels(said: Description) -> str:
    if said.input.dtype == "uint8":
        return "as they are, 0 to 255: the graph normalises them"
    preprocess = said.preprocess
    numbers = [f"times {preprocess.scale:.6g}"]
    if any(preprocess.mean):
        numbers.append(f"less {_numbers(preprocess.mean)}")
    if set(preprocess.std) != {1.0}:
        numbers.append(f"over {_numbers(preprocess.std)}")
    return ", ".join(numbers)


def _numbers(numbers: tuple[float, ...]) -> str:
    return " ".join(f"{number:.6g}" for number in numbers)


def _labels(labels: tuple[str, ...]) -> str:
    more = ", ..." if len(labels) > MOST_LABELS else ""
    return f"{len(labels)}: {', '.join(labels[:MOST_LABELS])}{more}"


def _scores(said: Description) -> str:
    output = said.output
    words = [str(output.activation), "several may fit" if output.several else "one fits"]
    if output.threshold is not None:
        words.append(f"from {output.threshold:g} on")
    own = [f"{label} from {least:g} on" for label, least in output.thresholds.items()]
    return ", ".join([*words, *own[:MOST_LABELS], *(["..."] if own[MOST_LABELS:] else [])])
