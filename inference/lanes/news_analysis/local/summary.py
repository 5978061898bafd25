"""The sentences that say most of what the others say: TextRank, over words in common."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inference.lanes.news_analysis.local.reading import Sentence

Scores = npt.NDArray[np.float64]

_MOST = 3
_ROOM = 600
# Sentences beyond these are not weighed: news says what it has to say at its beginning.
_WEIGHED = 60
_DAMPING = 0.85
_ROUNDS = 20
# How much of a sentence's rank the last one keeps for standing last.
_LAST = 0.5


def extract(sentences: Sequence[Sentence]) -> str:
    """Up to three sentences, in the order in which they stand, that fit into the contract."""
    weighed = [sentence for sentence in sentences[:_WEIGHED] if len(sentence.text) <= _ROOM]
    chosen, room = [], _ROOM
    for index in np.argsort(-_ranks(weighed), kind="stable")[:_MOST]:
        length = len(weighed[index].text) + 1
        if length <= room + 1:
            chosen.append(int(index))
            room -= length
    return " ".join(weighed[index].text for index in sorted(chosen))


def _ranks(sentences: Sequence[Sentence]) -> Scores:
    count = len(sentences)
    if not count:
        return np.zeros(0)
    links = _links(sentences)
    ranks: Scores = np.full(count, 1 / count)
    for _ in range(_ROUNDS):
        ranks = (1 - _DAMPING) / count + _DAMPING * links.T @ ranks
    ranks *= np.linspace(1, _LAST, count)
    return ranks


def _links(sentences: Sequence[Sentence]) -> Scores:
    """How much of each sentence leads to each other one; every row adds up to one."""
    common = _common(sentences)
    sizes = np.log1p(np.array([len(set(sentence.words)) for sentence in sentences]))
    likeness: Scores = common / np.maximum(sizes[:, None] + sizes[None, :], 1)
    np.fill_diagonal(likeness, 0)
    totals = likeness.sum(axis=1, keepdims=True)
    links: Scores = np.full_like(likeness, 1 / len(sizes))
    np.divide(likeness, totals, out=links, where=totals > 0)
    return links


def _common(sentences: Sequence[Sentence]) -> Scores:
    """How many words two sentences have in common."""
    numbers: dict[str, int] = {}
    rows, columns = [], []
    for row, sentence in enumerate(sentences):
        for word in set(sentence.words):
            rows.append(row)
            columns.append(numbers.setdefault(word, len(numbers)))
    has = np.zeros((len(sentences), len(numbers)))
    has[rows, columns] = 1
    common: Scores = has @ has.T
    return common
