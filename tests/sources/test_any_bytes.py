from feed_documents import ATOM, RDF, RSS
from hypothesis import given
from hypothesis import strategies as st

from inference.lanes.news_analysis.contract import RawNewsArticle
from producer.sources import feeds
from producer.sources.article import document, identity
from producer.sources.dates import moment
from producer.sources.extraction import article
from producer.sources.fetching.failures import Unread

WELL = [RSS.format(encoding="utf-8").encode(), RDF.encode(), ATOM.encode()]
SPOILING = [
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"\x00", b"\xff\xfe", b"</item>", b"<item>", b'"',
    b"<title>", b"&#xD800;", b"&#38;", b"http://[", b"9999999999", b" " * 5000,
]  # fmt: skip


PIECES = st.one_of(st.sampled_from(SPOILING), st.binary(max_size=8))
# Where a piece is replaced, by how much less, and by what.
REPLACEMENTS = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 40), PIECES), min_size=1, max_size=4
)


def spoiled(data: bytes, replacements: list[tuple[int, int, bytes]]) -> bytes:
    for start, length, piece in replacements:
        data = data[:start] + piece + data[start + length :]
    return data


@given(st.one_of(st.binary(max_size=200), st.builds(spoiled, st.sampled_from(WELL), REPLACEMENTS)))
def test_whatever_comes_is_refused_or_gives_articles_that_the_contract_takes(data: bytes) -> None:
    try:
        read = feeds.read(data, "https://news.example/rss")
    except Unread:
        return
    for found in read.found:
        assert identity(found, read.origin) == identity(found, read.origin)
        RawNewsArticle.model_validate_json(document(found, read.origin).data)


@given(st.text(max_size=60))
def test_whatever_stands_for_a_date_is_understood_or_left_out(text: str) -> None:
    for said in (text, f"Fri, {text} 2026", f"2026-{text}"):
        found = moment(said)
        assert found is None or found.utcoffset() is not None


@given(st.text(alphabet='<>/="-!divpscript{}[]@, \n', max_size=300))
def test_whatever_is_called_a_page_is_read(text: str) -> None:
    article(text)
