"""The best rung: a language model behind an OpenAI-compatible server, asked for a strict schema."""

import hashlib
import json
import time
from collections.abc import Sequence
from typing import NamedTuple

from inference.contract import Level, ModelRef, Rejection
from inference.engines.external_ai.chat import Ask, Chat, Completion
from inference.errors import Unavailable
from inference.lane import Caps
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.asking import asked
from inference.lanes.news_analysis.contract import Analyser, AnalyzedNewsArticle, Usage
from inference.lanes.news_analysis.findings import Findings, settled
from inference.lanes.news_analysis.hygiene import cut, line
from inference.lanes.news_analysis.prompt import PROMPT_VERSION, Shape, messages, schema

_MOST_VERSION = 100
_REPAIRED = "the model's answer had to be asked for again"


class Terms(NamedTuple):
    """How much of an article is sent, how much may come back, and how long that may take."""

    characters: int = 8000
    output: int = 800
    seconds: float = 30.0
    temperature: float | None = 0.0


class OpenAiRung:
    """One call per article, all of a batch at once."""

    level = Level.FULL
    # It has no file of which there could be a digest; the analysis names who analysed.
    model: ModelRef | None = None

    def __init__(self, chat: Chat, by: Analyser, terms: Terms, caps: Caps | None = None) -> None:
        self._chat, self._by, self._terms = chat, by, terms
        self._shape = Shape(schema())
        self.caps = caps
        what = [by.provider, by.name, PROMPT_VERSION, terms.characters, terms.temperature]
        self.fingerprint = hashlib.sha256(json.dumps(what).encode()).hexdigest()

    async def answer(self, questions: Sequence[Article]) -> list[AnalyzedNewsArticle | Rejection]:
        """What the model finds in every article; raises `Unavailable` while it must rest."""
        if self._chat.trouble is not None:
            raise Unavailable(self._chat.trouble)
        return await asked(self.level, questions, self._analysed, self._terms.seconds)

    async def _analysed(self, article: Article, deadline: float) -> AnalyzedNewsArticle:
        started = time.perf_counter()
        talk = messages(article, self._terms.characters)
        ask = Ask(talk, self._shape.schema, self._terms.output, self._shape.read)
        completion = await self._chat.complete(ask, deadline)
        return settled(
            article,
            completion.document,
            self._by.model_copy(update={"version": _version(completion.model) or self._by.version}),
            prompt_version=PROMPT_VERSION,
            usage=_usage(completion),
            latency_ms=round((time.perf_counter() - started) * 1000, 3),
            warnings=[_REPAIRED] if completion.repaired else [],
        )


def _version(said: str) -> str:
    """What a server calls its model; servers may say anything."""
    return cut(line(said[: 2 * _MOST_VERSION]), _MOST_VERSION)


def _usage(completion: Completion[Findings]) -> Usage | None:
    """None where the server does not say."""
    if completion.tokens is None:
        return None
    took = completion.tokens
    return Usage(input_tokens=took.input, output_tokens=took.output, cost=completion.cost)
