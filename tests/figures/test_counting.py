"""What one result is counted as."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from analysed import KEPT, LANE, NOW_MS, result, row
from prometheus_client import REGISTRY

from consumer.counting import LARGEST, Counting
from consumer.store.rows import Count
from inference.contract import Result
from inference.figures import Addition
from inference.lanes.news_analysis import figures
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle, NewsSource

MINUTE = NOW_MS - 30_000


def adding(*additions: Addition) -> Counting:
    """A lane whose results all add this."""

    def same(_result: Result[AnalyzedNewsArticle]) -> Iterator[Addition]:
        yield from additions

    return Counting({LANE: replace(figures.FIGURES, additions=same)})


def test_an_article_counts_for_its_source_and_for_each_keyword_once() -> None:
    counts = KEPT.counts(row(result("Daily a", ["chips", "rates", "chips"], 0.5)), NOW_MS)

    assert [(it.figure, it.key, it.times, it.total) for it in counts] == [
        ("article", "", 1, 500_000),
        ("keyword", "chips", 1, 500_000),
        ("keyword", "rates", 1, 500_000),
        ("source", "Daily", 1, 500_000),
    ]


def test_a_late_article_counts_in_the_minute_in_which_it_was_published() -> None:
    late = KEPT.counts(row(result("a", ago=timedelta(hours=3))), NOW_MS)

    assert {it.bucket for it in late} == {MINUTE - 3 * 3_600_000}


def test_an_article_without_a_date_counts_when_it_was_asked_about() -> None:
    assert {it.bucket for it in KEPT.counts(row(result("a", ago=None)), NOW_MS)} == {MINUTE}


def test_a_source_without_a_name_is_called_by_its_domain() -> None:
    nameless = result("a")
    article = nameless.answer.article.model_copy(update={"source": NewsSource(domain="a.example")})
    answer = nameless.answer.model_copy(update={"article": article})
    found = figures.additions(nameless.model_copy(update={"answer": answer}))

    assert [added.key for added in found if added.figure == "source"] == ["a.example"]


def test_a_lane_without_figures_counts_nothing() -> None:
    assert KEPT.counts(row(result("a"))._replace(lane="other"), NOW_MS) == []


def test_a_result_that_its_lane_cannot_read_is_kept_uncounted_and_that_is_measured() -> None:
    before = REGISTRY.get_sample_value("consumer_uncounted_results_total", {"lane": LANE}) or 0
    counts = KEPT.counts(row(result("a"))._replace(document='{"answer": {}}'), NOW_MS)
    after = REGISTRY.get_sample_value("consumer_uncounted_results_total", {"lane": LANE})

    assert (counts, after) == ([], before + 1)


def test_hostile_keys_and_amounts_are_bounded() -> None:
    at = result("a").request.time
    hostile = [Addition("keyword", "\x00" * 9000, at, 1e300), Addition("keyword", "b", at, -1e300)]
    strange, huge = KEPT.counts(row(result("a")), NOW_MS)[0], adding(*hostile)
    counts = huge.counts(row(result("a")), NOW_MS)

    assert [abs(it.total) for it in counts] == [LARGEST, LARGEST]
    assert all(len(it.key) <= 200 and "\x00" not in it.key for it in counts)
    assert strange.bucket == MINUTE


def test_no_more_than_a_hundred_additions_of_one_result_count() -> None:
    at = result("a").request.time
    many = adding(*(Addition("keyword", str(n), at) for n in range(5000)))

    assert len(many.counts(row(result("a")), NOW_MS)) == 100


def test_an_amount_that_is_no_number_counts_nothing() -> None:
    at = result("a").request.time
    counts: list[Count] = adding(Addition("keyword", "x", at, float("nan"))).counts(
        row(result("a")), NOW_MS
    )

    assert counts == []
