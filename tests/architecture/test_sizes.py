import ast
from pathlib import Path

import pytest
from source import ROOT, functions, length, modules

MODULE_LINES = 250
FUNCTION_LINES = 30
PATHS = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in modules()]


@pytest.mark.parametrize("path", PATHS)
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("path", PATHS)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = {
        function.name: length(function)
        for function in functions(ast.parse(path.read_text()))
        if length(function) > FUNCTION_LINES
    }
    assert not long
