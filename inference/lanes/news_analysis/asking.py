"""Asks about every article of a batch at once; none of them is late because of another."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from inference.contract import Level, Reason, Rejection
from inference.engines.external_ai.faults import Lasting, Passing, Unfit
from inference.isolation import isolate
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle

Ask = Callable[[Article, float], Awaitable[AnalyzedNewsArticle]]


async def asked(
    level: Level, articles: Sequence[Article], ask: Ask, seconds: float
) -> list[AnalyzedNewsArticle | Rejection]:
    """One outcome per article, in order, and after so many seconds whatever happens.

    `ask` is given the deadline, on the monotonic clock.
    """
    deadline = time.monotonic() + seconds

    async def step(alone: Sequence[Article]) -> list[AnalyzedNewsArticle | Rejection]:
        return [await _outcome(level, ask(alone[0], deadline), deadline, seconds)]

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(isolate(level, step, [article])) for article in articles]
    return [task.result()[0] for task in tasks]


async def _outcome(
    level: Level, answer: Awaitable[AnalyzedNewsArticle], deadline: float, seconds: float
) -> AnalyzedNewsArticle | Rejection:
    """Whatever a provider does to an article, the next rung may do better."""
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            return await answer
    except TimeoutError:
        return Rejection(Reason.EXHAUSTED, level, f"no answer within {seconds:g} s")
    except Passing as fault:
        return Rejection(Reason.EXHAUSTED, level, str(fault), fault.attempts)
    except Lasting as fault:
        return Rejection(Reason.EXHAUSTED, level, str(fault))
    except Unfit as fault:
        reason = Reason.DECLINED if fault.of_the_text else Reason.EXHAUSTED
        return Rejection(reason, level, str(fault))
