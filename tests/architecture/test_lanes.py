import subprocess
import sys
from collections.abc import Iterable

import pytest
from source import ROOT

from inference import lanes

# pydantic, and what it stands on itself.
LIGHT = {
    "annotated_types",
    "dotenv",
    "pydantic",
    "pydantic_core",
    "pydantic_settings",
    "typing_extensions",
    "typing_inspection",
}
PATHS = [str(ROOT), str(ROOT / "tests" / "packages")]
PROGRAM = """
import sys
before = set(sys.modules)
sys.path[:0] = {paths!r}
{statements}
loaded = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*(name for name in loaded - set(sys.stdlib_module_names) if name[0] != "_"))
"""


def loaded_by(statements: Iterable[str]) -> set[str]:
    program = PROGRAM.format(paths=PATHS, statements="\n".join(statements))
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split()) - LIGHT


@pytest.mark.parametrize("lane", lanes.packages())
def test_a_lanes_contract_and_samples_load_nothing_heavier_than_pydantic(lane: str) -> None:
    package = lanes.packages()[lane]
    statements = [
        "from inference import lanes",
        f"lanes.contract({lane!r})",
        f"next(lanes.part({lane!r}, 'samples', 'samples')(1))",
    ]
    assert loaded_by(statements) <= {"inference", package.partition(".")[0]}


@pytest.mark.parametrize(
    "module", ["contract", "cloudevents", "control", "errors", "figures", "kafka", "lanes"]
)
def test_what_other_programs_import_is_light(module: str) -> None:
    assert loaded_by([f"import inference.{module}"]) == {"inference"}


@pytest.mark.parametrize("lane", lanes.packages())
def test_every_lane_found_has_its_three_parts(lane: str) -> None:
    assert lanes.contract(lane).lane == lane
    assert callable(lanes.part(lane, "samples", "samples"))
    assert lanes.part(lane, "lane", "LANE").contract is lanes.contract(lane)


@pytest.mark.parametrize("lane", lanes.packages())
def test_a_lane_that_keeps_figures_or_views_keeps_them_light(lane: str) -> None:
    package = lanes.packages()[lane]
    there = [
        f"{package}.{path.stem}"
        for path in (ROOT / package.replace(".", "/")).glob("*.py")
        if path.stem in {"figures", "views"}
    ]
    assert loaded_by(f"import {module}" for module in there) <= {"inference"}
