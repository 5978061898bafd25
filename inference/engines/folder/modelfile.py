"""An ONNX file and the files that hold its weights: whole, in one folder, known by their digest."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from inference.engines.folder.graph import Graph, read_graph
from inference.engines.folder.wire import CutShortError, NotProtobufError
from inference.errors import Misconfigured

POINTER = b"version https://git-lfs"
LARGEST = 2 << 30


class ModelFile(NamedTuple):
    """A model as it lies on the disk."""

    path: Path
    graph: Graph
    data: tuple[Path, ...]
    digest: str
    size: int

    @property
    def opset(self) -> int:
        """The version of ONNX's own operators that it is written in."""
        return self.graph.opsets.get("", 0)


def look(path: Path) -> ModelFile:
    """A model's file, looked through; whatever is wrong with it raises Misconfigured."""
    try:
        content = _content(path)
        graph = _understood(path, content)
        data = tuple(_inside(path, name) for name in graph.data)
        size = len(content) + sum(file.stat().st_size for file in data)
        return ModelFile(path, graph, data, _digest(hashlib.sha256(content), data), size)
    except FileNotFoundError as error:
        message = f"{path} is not there: copy the model there, or set MODEL_PATH to where it is"
        raise Misconfigured(message) from error
    except OSError as error:
        message = f"{error.filename or path} cannot be read: {error.strerror}"
        raise Misconfigured(message) from error


def _digest(of_file: "hashlib._Hash", data: tuple[Path, ...]) -> str:
    """The file's SHA-256; where its weights lie in others too, that of all of theirs."""
    if not data:
        return of_file.hexdigest()
    for path in data:
        with path.open("rb") as file:
            of_file.update(hashlib.file_digest(file, "sha256").digest())
    return of_file.hexdigest()


def _content(path: Path) -> bytes:
    """Read, not mapped: a file that is overwritten at this moment must not end the process."""
    if path.stat().st_size > LARGEST:
        _refuse(path, "is larger than 2 GiB: export it with its weights as external data")
    content = path.read_bytes()
    if not content:
        _refuse(path, "is empty: copy the file again")
    if content.startswith(POINTER):
        _refuse(path, "is a pointer that Git LFS left in its place: run `git lfs pull`")
    return content


def _understood(path: Path, content: bytes) -> Graph:
    try:
        return read_graph(memoryview(content))
    except CutShortError as error:
        message = f"{path} is cut short, or no ONNX model: copy the file again"
        raise Misconfigured(message) from error
    except NotProtobufError as error:
        message = f"{path} is no ONNX model: export it again"
        raise Misconfigured(message) from error


def _inside(path: Path, name: str) -> Path:
    """A file that a model names: it must not reach other files of this machine, by no way."""
    folder = path.parent.resolve()
    if not name or not (folder / name).resolve().is_relative_to(folder) or Path(name).is_absolute():
        _refuse(path, f"has weights in {name!r}, which leads out of its folder: put it beside it")
    found = path.parent / name
    if not found.is_file():
        _refuse(path, f"has weights in {name!r}, which is not there: copy it beside it")
    return found


def _refuse(path: Path, what: str) -> None:
    message = f"{path} {what}"
    raise Misconfigured(message)
