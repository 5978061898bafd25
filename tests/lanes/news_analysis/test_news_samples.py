import re

from inference.contract import Rejection
from inference.lanes.news_analysis.contract import CONTRACT, RawNewsArticle
from inference.lanes.news_analysis.preparation import prepare
from inference.lanes.news_analysis.samples import samples


def articles() -> list[RawNewsArticle]:
    read = [CONTRACT.read(content) for _, content in samples(20)]
    return [it for it in read if not isinstance(it, Rejection)]


async def test_there_are_twenty_articles_half_korean_and_half_english() -> None:
    found = [it for it in await prepare(articles()) if not isinstance(it, Rejection)]
    assert sorted(it.language for it in found) == ["en"] * 10 + ["ko"] * 10
    assert len({it.content_hash for it in found}) == len({it.ref.id for it in found}) == 20
    assert not any(it.flagged or it.warnings for it in found)


def test_they_are_the_same_each_time_and_go_round() -> None:
    names = [name for name, _ in samples(45)]
    assert names == [name for name, _ in samples(45)]
    assert names[:5] == names[20:25] == names[40:]
    assert len(set(names)) == 20


def test_they_are_json_of_a_size_that_the_lane_takes() -> None:
    for name, content in samples(20):
        assert re.fullmatch(r"\d\d-(en|ko)-[a-z-]+\.json", name)
        assert content.type in CONTRACT.content_types
        assert len(content.data) < CONTRACT.max_bytes
