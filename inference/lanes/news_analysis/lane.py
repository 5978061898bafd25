"""Opens the news lane: whoever may be asked, best first, and the analyser that needs nobody."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager

from inference.contract import Level
from inference.lane import BatchPolicy, Lane, Rung, Sameness
from inference.lanes.news_analysis import preparation
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import CONTRACT, AnalyzedNewsArticle
from inference.lanes.news_analysis.likeness import adopted, content, sketch
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.local.rung import LocalRung
from inference.lanes.news_analysis.providers import open_providers

NewsRungs = Sequence[Rung[Article, AnalyzedNewsArticle]]


@asynccontextmanager
async def open_lane(workers: int) -> AsyncIterator[NewsRungs]:
    """The rungs, best first; the local one is warm before the first article if it is the best.

    How much it reads at once is a matter of cores, not of how many batches wait for providers.
    """
    local = LocalAnalyser()
    async with AsyncExitStack() as stack:
        threads = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix=CONTRACT.lane)
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        await asyncio.to_thread(preparation.warm_up)
        asked = await stack.enter_async_context(open_providers(workers, local, threads))
        lowest = LocalRung(threads, local)
        if not asked:
            await lowest.warm_up()
        yield [*asked, lowest]


LANE = Lane(
    contract=CONTRACT,
    open=open_lane,
    # Batches wait for strangers most of the time: that costs nothing, so many of them may.
    policy=BatchPolicy(cap=32, at_once=32),
    prepare=preparation.prepare,
    sameness=Sameness(content, sketch, adopted),
    floor=Level.BASIC,
)
