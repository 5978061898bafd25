import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from local_readers import analyser, article

from inference.contract import Level
from inference.lanes.news_analysis.contract import Analyser, AnalysisResult, AnalyzedNewsArticle
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.local.plain import Plain
from inference.lanes.news_analysis.local.reading import MOST_READ, Reading
from inference.lanes.news_analysis.local.rung import LocalRung

MIXED = [
    article("Team wins the cup", "Fans cheered. It was the best day."),
    article("공장 화재로 2명 숨져", "불은 밤새 번졌다. 피해가 크다.", "ko"),
    article("Große Freude", "Das Wetter ist schön.", "de"),
    article("東京電力が発表", "東京電力は新しい計画を発表した。", "ja"),
]


class Waiting:
    """A reader that reads nothing until it is let go."""

    analyser = Analyser(provider="test", name="waiting", version="1")

    def __init__(self) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()

    def read(self, title: str, body: str) -> Reading:
        self.asked.set()
        assert self.let_go.wait(10)
        return Plain().read(title, body)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


async def analysed(rung: LocalRung, *articles: str) -> list[AnalysisResult]:
    answers = await rung.answer([article(text) for text in articles] or MIXED)
    assert all(isinstance(answer, AnalyzedNewsArticle) for answer in answers)
    return [answer.analysis for answer in answers if isinstance(answer, AnalyzedNewsArticle)]


async def test_each_article_is_answered_in_its_place(threads: ThreadPoolExecutor) -> None:
    rung = LocalRung(threads, analyser())
    found = await analysed(rung)
    assert [one.language for one in found] == ["en", "ko", "de", "ja"]
    assert [one.sentiment.value for one in found] == ["positive", "negative", "neutral", "neutral"]
    assert rung.level is Level.BASIC


async def test_other_languages_are_neutral_and_say_so(threads: ThreadPoolExecutor) -> None:
    found = (await analysed(LocalRung(threads, analyser())))[2:]
    assert all(one.sentiment_score == 0 and one.confidence is None for one in found)
    assert all("was not judged" in one.warnings[0] for one in found)
    assert found[0].summary == "Das Wetter ist schön."
    assert "東京電力" in found[1].keywords


async def test_nothing_it_finds_has_to_be_repaired(threads: ThreadPoolExecutor) -> None:
    found = (await analysed(LocalRung(threads, analyser())))[:2]
    assert [one.warnings for one in found] == [[], []]


async def test_of_a_very_long_article_the_beginning_is_read(threads: ThreadPoolExecutor) -> None:
    long = article("Long", "All is well. " * 3000)
    (answer,) = await LocalRung(threads, analyser()).answer([long])
    assert isinstance(answer, AnalyzedNewsArticle)
    assert f"only the first {MOST_READ} characters were read" in answer.analysis.warnings


async def test_the_loop_turns_while_an_article_is_read(threads: ThreadPoolExecutor) -> None:
    reader = Waiting()
    rung = LocalRung(threads, LocalAnalyser({"en": lambda: reader}))
    answering = asyncio.create_task(rung.answer([article("One")]))
    while not reader.asked.is_set():
        await asyncio.sleep(0)
    reader.let_go.set()
    assert len(await answering) == 1


async def test_a_reader_is_loaded_when_it_is_needed_and_once(threads: ThreadPoolExecutor) -> None:
    loaded: list[str] = []

    def load() -> Plain:
        loaded.append("en")
        return Plain()

    rung = LocalRung(threads, LocalAnalyser({"en": load, "ko": lambda: pytest.fail("not needed")}))
    assert loaded == []
    await analysed(rung, *(f"Title {number}" for number in range(20)))
    assert loaded == ["en"]


async def test_it_can_be_loaded_before_it_is_asked(threads: ThreadPoolExecutor) -> None:
    reader = Waiting()
    reader.let_go.set()
    loading = threading.Event()

    def load() -> Waiting:
        loading.set()
        return reader

    await LocalRung(threads, LocalAnalyser({"ko": load})).warm_up()
    assert loading.is_set()
    assert not reader.asked.is_set()


async def test_two_threads_find_what_one_finds(threads: ThreadPoolExecutor) -> None:
    asked = [
        article(f"{number}호 공장 화재", "2명이 숨졌다. " * number, "ko") for number in range(40)
    ]
    one = [analyser().find(each).findings for each in asked]
    loop = asyncio.get_running_loop()
    both = [loop.run_in_executor(threads, analyser().find, each) for each in asked]
    assert [found.findings for found in await asyncio.gather(*both)] == one


def test_its_fingerprint_is_that_of_its_words_and_rules(threads: ThreadPoolExecutor) -> None:
    one, other = LocalRung(threads), LocalRung(threads)
    assert one.fingerprint == other.fingerprint
    assert one.model is not None
    assert one.model.digest == one.fingerprint
    assert one.model.version == one.fingerprint[:12]
