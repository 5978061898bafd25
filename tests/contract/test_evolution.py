import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from docs.generate import evolution, schemas
from inference import lanes

Schema = dict[str, Any]
Change = Callable[[Schema], object]
ECHO: Schema = dict(schemas.result(lanes.contract("echo")))


def after(change: Change) -> list[str]:
    changed = copy.deepcopy(ECHO)
    change(changed)
    return evolution.breaks(json.dumps(ECHO), json.dumps(changed))


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it,
        lambda it: it["properties"].update(new={"type": "string"}),
        lambda it: it["properties"]["id"].update(description="Said better."),
        lambda it: it["$defs"]["Level"]["enum"].append("guessed"),
        lambda it: it["required"].append("new"),
    ],
)
def test_what_is_only_added_breaks_nobody(change: Change) -> None:
    assert after(change) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it["properties"].pop("lane"), "$.lane is gone"),
        (lambda it: it["properties"]["id"].update(type="integer"), "$.id is of another kind"),
        (lambda it: it["required"].remove("answer"), "$.answer may be missing"),
        (lambda it: it["$defs"]["Echo"]["properties"].pop("text"), "$.answer.text is gone"),
        (lambda it: it["$defs"]["Level"]["enum"].remove("basic"), "$.answered_by is of another"),
        (
            lambda it: it["$defs"]["RequestRef"]["properties"]["time"].pop("format"),
            "$.request.time is of another kind",
        ),
        (
            lambda it: it["properties"]["stages"]["additionalProperties"].update(type="string"),
            "$.stages[additionalProperties] is of another kind",
        ),
        (
            lambda it: it["properties"]["model"]["anyOf"].append({"type": "string"}),
            "$.model is of another kind",
        ),
    ],
)
def test_what_takes_something_away_is_named(change: Change, said: str) -> None:
    changes = after(change)
    assert changes
    assert changes[0].startswith(said)


def test_a_schema_that_contains_itself_comes_to_an_end() -> None:
    tree = {
        "$defs": {
            "Node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}},
        },
        "type": "object",
        "properties": {"first": {"$ref": "#/$defs/Node"}},
    }
    assert evolution.breaks(json.dumps(tree), json.dumps(tree)) == []
