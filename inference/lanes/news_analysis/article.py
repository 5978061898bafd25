"""What every rung is asked: an article, prepared."""

from typing import NamedTuple

from inference.lanes.news_analysis.contract import ArticleRef, RawNewsArticle


class Article(NamedTuple):
    """An article as plain text, with what was found out about it on the way.

    `raw` is the article that was sent, its fields cleaned: preparing it again changes nothing.
    """

    raw: RawNewsArticle
    ref: ArticleRef
    title: str
    body: str
    language: str
    warnings: tuple[str, ...]
    flagged: bool
    content_hash: str

    @property
    def text(self) -> str:
        """Title and body; where there is no body, the title."""
        return f"{self.title}\n\n{self.body}" if self.body else self.title
