"""What `send` is to send: items from whatever sources were named."""

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from inference.contract import Contract
from inference.errors import Misconfigured
from producer.send import Failure
from producer.sources import Item, files, lines, samples
from producer.sources.article import JSON
from producer.sources.fetching.failures import Unread
from producer.sources.looking import Looking
from producer.sources.pauses import Pauses
from producer.sources.polling import Harvest, Poller, Source
from producer.sources.settings import SourceSettings


class Wanted(NamedTuple):
    """What somebody named on the command line."""

    paths: tuple[Path, ...] = ()
    samples: int = 0
    lines: tuple[Path, ...] = ()
    pages: tuple[Path, ...] = ()
    feeds: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()

    @property
    def polled(self) -> bool:
        """Something is asked that may have nothing new."""
        return bool(self.feeds or self.searches)

    @property
    def documents(self) -> bool:
        """Something is read that gives JSON, whatever the lane takes."""
        return self.polled or bool(self.lines or self.pages)


class Looked(NamedTuple):
    """What one look at every feed and search has brought."""

    harvests: Sequence[Harvest] = ()
    unread: Sequence[Failure] = ()

    @property
    def items(self) -> list[Item]:
        """All that is new."""
        return [item for harvest in self.harvests for item in harvest.items.values()]

    @property
    def seen(self) -> int:
        """How many were sent another time."""
        return sum(len(harvest.seen) for harvest in self.harvests)


def must_fit(wanted: Wanted, contract: Contract[Any, Any]) -> None:
    """Raises Misconfigured where the lane could not take anything of what is wanted."""
    if wanted.documents and JSON not in contract.content_types:
        taken = ", ".join(contract.content_types)
        message = (
            f"--feed, --newsapi, --pages and --lines give {JSON}, and {contract.lane} takes {taken}"
        )
        raise Misconfigured(message)


def gather(
    wanted: Wanted, contract: Contract[Any, Any], new: Sequence[Item]
) -> tuple[Iterable[Item], int | None]:
    """Everything that was named, and how many that is, where it is known beforehand."""
    found = files.items(wanted.paths, sys.stdin.buffer, contract.max_bytes)
    made = samples.items(contract.lane, wanted.samples)
    read = lines.items(wanted.lines, sys.stdin.buffer, contract.max_bytes)
    count = len(found) + wanted.samples + len(new)
    if not count and not wanted.documents:
        message = "there is nothing to send: give files, folders with files in them, or --samples"
        raise Misconfigured(message)
    items = chain(found, made, read, _pages(wanted.pages), new)
    return items, None if wanted.lines or wanted.pages else count


async def look(wanted: Wanted, poller: Poller, settings: SourceSettings) -> Looked:
    """One look at every feed and search; those that cannot be read are told and left."""
    if not wanted.polled:
        return Looked()
    from producer.sources.polled import sources  # noqa: PLC0415 - most sending needs no HTTP

    # Nobody waits at a command line until a host has recovered.
    pauses = Pauses(time.monotonic, longest=0.0)
    looking = Looking(poller, pauses, settings.fetch_concurrency)
    named = sources(wanted.feeds, wanted.searches, settings)
    looks = [asyncio.create_task(_one(looking, source)) for source in named]
    await asyncio.wait(looks)
    found = [look.result() for look in looks]
    unread = [failure for failure in found if isinstance(failure, Failure)]
    return Looked([it for it in found if isinstance(it, Harvest)], unread)


async def _one(looking: Looking, source: Source) -> Harvest | Failure:
    try:
        return await looking.look(source)
    except Unread as failure:
        return Failure(source.name, str(failure))


def _pages(folders: Sequence[Path]) -> Iterable[Item]:
    if not folders:
        return ()
    from producer.sources import pages  # noqa: PLC0415 - most sending needs no HTML

    return pages.items(folders)
