"""One look at a source: what it holds now, and which of that was not sent before."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from producer import metrics
from producer.metrics import Fate, Fetch
from producer.send import Failure
from producer.sources import Item
from producer.sources.article import Found, Origin, absolute, document, identity
from producer.sources.fetching.failures import Unread
from producer.sources.seen import Seen, Validators


class Answer(NamedTuple):
    """What a source holds; `found` is None where nothing has changed since the last time."""

    origin: Origin
    found: Sequence[Found] | None
    validators: Validators = Validators()


class Source(Protocol):
    """What can be looked at again and again."""

    @property
    def name(self) -> str:
        """What people call it; nothing secret."""

    @property
    def scope(self) -> str:
        """What tells it from every other source."""

    @property
    def host(self) -> str:
        """Who is left alone when it fails."""

    @property
    def interval(self) -> float:
        """Seconds between two looks."""

    async def ask(self, known: Validators) -> Answer:
        """What it holds now; raises Unread."""
        ...


class Harvest(NamedTuple):
    """What one look has brought: items to send by their ids, and the ids of those sent before."""

    source: Source
    items: Mapping[str, Item]
    seen: Sequence[str]
    validators: Validators


@dataclass(frozen=True)
class Poller:
    """Looks at sources for one lane; with `again`, what was sent before is sent again."""

    lane: str
    seen: Seen
    again: bool = False
    # Of two feeds that have the same entry, the first one sends it.
    _under_way: set[str] = field(default_factory=set)

    async def poll(self, source: Source) -> Harvest:
        """What is new in it; raises Unread."""
        known = Validators() if self.again else await self.seen.validators(source.scope)
        started = time.perf_counter()
        try:
            answer = await source.ask(known)
        except Unread as failure:
            metrics.FETCHES.labels(failure.outcome).inc()
            raise
        metrics.FETCH_SECONDS.observe(time.perf_counter() - started)
        outcome = Fetch.UNCHANGED if answer.found is None else Fetch.READ
        metrics.FETCHES.labels(outcome).inc()
        return await self._harvest(source, answer)

    async def settle(self, harvest: Harvest, failures: Sequence[Failure]) -> None:
        """Remembers what was sent and what the lane will never take; the rest comes again."""
        unsent = {failure.name for failure in failures if failure.again}
        refused = {failure.name for failure in failures if not failure.again}
        done = [id_ for id_, item in harvest.items.items() if item.name not in unsent]
        # A server that is told that we have its document does not give us the rest again.
        whole = len(done) == len(harvest.items)
        validators = harvest.validators if whole else Validators()
        await self.seen.keep(harvest.source.scope, [*harvest.seen, *done], validators)
        self._under_way.difference_update(harvest.items)
        sent = [id_ for id_ in done if harvest.items[id_].name not in refused]
        metrics.ENTRIES.labels(self.lane, Fate.SENT).inc(len(sent))

    async def _harvest(self, source: Source, answer: Answer) -> Harvest:
        now = datetime.now(UTC)
        items = {
            event_id: _item(event_id, found, answer.origin, now)
            for found in answer.found or ()
            for event_id in [identity(found, answer.origin)]
        }
        unseen = set(items) if self.again else await self.seen.unseen(list(items))
        seen = [id_ for id_ in items if id_ not in unseen]
        metrics.ENTRIES.labels(self.lane, Fate.FOUND).inc(len(items))
        metrics.ENTRIES.labels(self.lane, Fate.SEEN).inc(len(seen))
        new = {id_: items[id_] for id_ in items if id_ in unseen - self._under_way}
        self._under_way.update(new)
        return Harvest(source, new, seen, answer.validators)


def _item(event_id: str, found: Found, origin: Origin, now: datetime) -> Item:
    content = document(found, origin, now)
    return Item(_name(found, origin), lambda _most: content, lambda _content: event_id)


def _name(found: Found, origin: Origin) -> str:
    """What a person sees of it; terminals obey some characters that are not printable."""
    name = absolute(found.url, origin.home or origin.scope) or found.id or found.title
    return "".join(character if character.isprintable() else "?" for character in name)[:200]
