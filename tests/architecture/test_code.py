import ast
from collections.abc import Iterator
from pathlib import Path

from source import ROOT, modules, tree

ISOLATION = Path("inference/isolation.py")
BROAD = {"Exception", "BaseException"}
MOCKS = {"unittest.mock", "mock", "pytest_mock"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
VAGUE_CLASSES = ("Manager", "Service", "Handler", "Processor", "Helper")


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in modules():
        for node in ast.walk(tree(path)):
            yield path.relative_to(ROOT), node


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or ast.unparse(name) in BROAD for name in names)


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {name.name for name in node.names}
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return {module} | {f"{module}.{name.name}" for name in node.names}
    return set()


def test_only_the_isolation_step_catches_whatever_comes() -> None:
    broad = [path for path, n in nodes() if isinstance(n, ast.ExceptHandler) and is_broad(n)]
    assert broad == [ISOLATION]


def test_nothing_is_mocked() -> None:
    assert not {path for path, node in nodes() if imported(node) & MOCKS}


def test_a_module_is_named_for_what_it_does() -> None:
    assert not [path for path in modules() if path.stem in VAGUE]


def test_a_class_is_named_for_what_it_is() -> None:
    classes = {node.name for _, node in nodes() if isinstance(node, ast.ClassDef)}
    assert not {name for name in classes if name.endswith(VAGUE_CLASSES)}
