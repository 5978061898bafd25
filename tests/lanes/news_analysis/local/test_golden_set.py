"""The golden set is what it was when it was put away, and the rung is as good on it as is said."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
from local_readers import analyser, article

import benchmarks
from inference.lanes.news_analysis.contract import SentimentType

FOLDER = Path(benchmarks.__file__).parent / "articles"
PUT_AWAY = "277cc02beefe61ff4fe1444d39c01a5c4f747661338147c9c15631fb8e777e62"
TARGET = 0.80


def half(name: str) -> list[dict[str, str]]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_frozen_half_is_as_it_was_put_away() -> None:
    assert hashlib.sha256((FOLDER / "frozen.jsonl").read_bytes()).hexdigest() == PUT_AWAY
    assert (FOLDER / "frozen.sha256").read_text() == f"{PUT_AWAY}  frozen.jsonl\n"


def test_both_halves_are_alike_and_have_nothing_in_common() -> None:
    tuning, frozen = half("tuning"), half("frozen")
    for name in (tuning, frozen):
        assert Counter(one["language"] for one in name) == {"en": 15, "ko": 15}
        assert Counter(one["sentiment"] for one in name)["neutral"] == 8
    assert not {one["id"] for one in tuning} & {one["id"] for one in frozen}


@pytest.mark.parametrize("name", ["tuning", "frozen"])
def test_four_of_five_signs_are_right_on_either_half(name: str) -> None:
    # Which ones are wrong is not shown: nobody is to tune on the frozen half.
    right = sum(_sign(one) == one["sentiment"] for one in half(name))
    assert right >= TARGET * len(half(name))


def _sign(one: dict[str, str]) -> str:
    found = analyser().find(article(one["title"], one["body"], one["language"]))
    sentiment = found.findings.sentiment
    return "neutral" if sentiment is SentimentType.MIXED else sentiment.value
