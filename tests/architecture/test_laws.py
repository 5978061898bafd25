import tomllib

import grimp
import pytest
from source import ROOT

PROGRAMS = ("producer", "consumer")
# What other programs may import of inference; and nothing else of it.
PUBLISHED = {
    "contract",
    "cloudevents",
    "control",
    "dates",
    "errors",
    "figures",
    "kafka",
    "security",
    "tokens",
    "lanes",
    "web",
}
PUBLISHED_OF_A_LANE = {"contract", "samples", "figures", "views"}


def is_published(module: str) -> bool:
    _, *path = module.split(".")
    if path[:1] == ["lanes"]:
        return len(path) < 3 or path[2] in PUBLISHED_OF_A_LANE
    return not path or path[0] in PUBLISHED


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_sees_only_what_inference_publishes(program: str) -> None:
    graph = grimp.build_graph("inference", program)
    mine = {program} | graph.find_descendants(program)
    seen = {it for module in mine for it in graph.find_modules_directly_imported_by(module)}
    assert not {it for it in seen if it.startswith("inference.") and not is_published(it)}


def test_every_layer_of_the_laws_is_a_module_that_exists_or_may() -> None:
    laws = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(law for law in laws["contracts"] if law["type"] == "layers")["layers"]
    named = {name for layer in layers for name in layer.replace("|", " ").split()}
    there = {p.stem for p in (ROOT / "inference").iterdir() if p.name != "__init__.py"}
    assert {name for name in named if not name.startswith("(")} <= there
