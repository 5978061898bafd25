"""What `consumer tail` shows of an answer."""

import json

import click
import pytest
from letters_and_answers import document, row

from consumer.tail import Tail


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "full"),
        ({"answered_by": "light", "degraded": True}, "light (degraded)"),
        ({"from_cache": True, "cache_tier": "redis"}, "full (cache: redis)"),
        ({"from_cache": True}, "full (from the cache)"),
        (
            {"degraded": True, "from_cache": True, "cache_tier": "shared"},
            "full (degraded, cache: shared)",
        ),
    ],
)
def test_a_line_says_whether_an_answer_was_degraded_or_there_already(
    changes: dict[str, object], shown: str
) -> None:
    line = click.unstyle(Tail().line(row("a", 0, key=None, **changes)))

    assert line.split("  ", 1)[1] == f'echo  a  {shown}  {{"text": "hello"}}'


def test_as_json_the_tier_is_there() -> None:
    cached = document("a", from_cache=True, cache_tier="memory")
    kept = row("a", from_cache=True, cache_tier="memory")

    assert json.loads(Tail(as_json=True).line(kept)) == cached
