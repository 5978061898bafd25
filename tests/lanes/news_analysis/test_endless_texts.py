"""Texts made for patterns that look again and again are read as soon as any other."""

import time

import pytest
from hostility import article

from inference.lanes.news_analysis.contract import MOST_CONTENT
from inference.lanes.news_analysis.prompt import messages

ENDLESS = {
    "points": ("", ".", "a"),
    "words without an end": ("See :// ", "a", ""),
    "a number of noughts": ('<p style="opacity:', "0", '1">x</p>'),
    "a machine's name": ("", "gpt", ""),
    "headings": ("The system: ", "#", ""),
    "letters apart": ("", "a ", ""),
    "entities": ("", "&amp;", ""),
}


@pytest.mark.parametrize("how", ENDLESS)
def test_an_endless_text_is_read_soon(how: str) -> None:
    first, again, last = ENDLESS[how]
    many = (MOST_CONTENT - len(first) - len(last)) // len(again)
    began = time.perf_counter()
    read = article({"title": "News", "content": first + again * many + last})
    messages(read, MOST_CONTENT)
    assert time.perf_counter() - began < 2
