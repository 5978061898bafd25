from source import ROOT, functions, length, modules, tree

MODULE_LINES = 250
FUNCTION_LINES = 30


def test_every_module_can_be_read_in_one_go() -> None:
    lines = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in modules()}
    assert not {name: count for name, count in lines.items() if count > MODULE_LINES}


def test_every_function_fits_on_a_screen() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{function.name}": length(function)
        for path in modules()
        for function in functions(tree(path))
    }
    assert not {name: count for name, count in lengths.items() if count > FUNCTION_LINES}
