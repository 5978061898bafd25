"""How Korean sentences are minded, and how near our lists come to what Kiwi makes of a text."""

from collections.abc import Iterator

import pytest
from local_readers import korean, tone

from inference.lanes.news_analysis.local.phrasebook import Words, spaced
from inference.lanes.news_analysis.local.words import entries

LISTS = ("korean-tone", "korean-movement", "korean-topics")
GOOD = (
    "선수들은 끝내 우승을 차지했다.",
    "심각한 부작용은 없었다.",
    "그는 한 번도 포기하지 않았다.",
    "회사는 적자에서 벗어났다.",
    "우려를 말끔히 씻었다.",
    "올해 수출액이 크게 늘었다.",
    "교통사고 사망자가 절반으로 줄었다.",
    "실업률이 지난해 같은 달보다 떨어졌다.",
    "초반에는 어려움을 겪었지만 결국 성공했다.",
)
BAD = (
    "주민 두 명이 숨졌다.",
    "병원은 그 약이 효과가 없다고 밝혔다.",
    "대표팀은 이기지 못했다.",
    "주민들은 희망을 잃었다.",
    "두 나라의 신뢰가 무너졌다.",
    "올해 수출액이 크게 줄었다.",
    "교통사고 사망자가 두 배로 늘었다.",
    "물가가 석 달째 올랐다.",
    "기대를 모았지만 결국 실패했다.",
)
PLAIN = (
    "위원회는 다음 달 3일에 회의를 연다.",
    "전시는 본관 2층에서 열린다.",
    "매도가 늘었다.",
)


@pytest.mark.parametrize("sentence", GOOD)
def test_good_news_sounds_good(sentence: str) -> None:
    assert tone(korean(), sentence) > 0.1


@pytest.mark.parametrize("sentence", BAD)
def test_bad_news_sounds_bad(sentence: str) -> None:
    assert tone(korean(), sentence) < -0.1


@pytest.mark.parametrize("sentence", PLAIN)
def test_what_says_neither_sounds_like_neither(sentence: str) -> None:
    assert tone(korean(), sentence) == 0


@pytest.mark.parametrize("name", LISTS)
def test_every_entry_is_found_in_some_sentence(name: str) -> None:
    unreachable = [text for _, text in entries(name) if not _is_found(text)]
    assert unreachable == []


def test_no_word_has_two_tones() -> None:
    weighed = [text for heading, text in entries("korean-tone") if heading[0] in "+-"]
    assert sorted(set(weighed)) == sorted(weighed)


def _is_found(entry: str) -> bool:
    wanted = spaced(entry)
    return any(wanted in _rows(_words(said), len(wanted)) for said in _sentences(entry))


def _words(sentence: str) -> Words:
    return tuple(korean().read(sentence, "").title[0].words)


def _rows(words: Words, length: int) -> list[Words]:
    return [words[start : start + length] for start in range(len(words))]


def _sentences(entry: str) -> Iterator[str]:
    """Words stand in sentences: alone, some of them are taken for something else."""
    subject = "이" if (ord(entry[-1]) - ord("가")) % 28 else "가"
    yield from (entry, f"이번에 그 {entry}{subject} 있었다.", f"결국 크게 {entry}.")
    yield from (
        f"그가 {entry.removesuffix('다')}고 말했다.",
        f"결국 {entry.removesuffix('다')}지 않았다.",
    )
