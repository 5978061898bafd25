"""Results and dead letters as they come, a line each, read without a group."""

from collections.abc import Callable
from dataclasses import dataclass

import click
from pydantic_core import from_json

from consumer import records
from consumer.browse import Browser, Offsets, browsing
from consumer.printing import clock, json_line, plain
from consumer.store.rows import DeadLetterRow, ResultRow, UnreadableRow
from consumer.waiting import unless
from inference.contract import Arrival
from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Topics
from inference.web.running import until_stopped

LONGEST = 160

Row = ResultRow | DeadLetterRow | UnreadableRow


@dataclass(frozen=True)
class Tail:
    """What is shown: of one lane or of all, from a moment or from now on, for eyes or as JSON."""

    lane: str | None = None
    since: int | None = None
    as_json: bool = False

    def takes(self, row: Row) -> bool:
        """Whether a record is shown; of one that is not understood, nobody knows the lane."""
        return self.lane is None or isinstance(row, UnreadableRow) or row.lane == self.lane

    def line(self, row: Row) -> str:
        """A record on one line."""
        return _as_json(row) if self.as_json else _for_eyes(row)


async def tail(
    kafka: KafkaSettings, topics: Topics, what: Tail, show: Callable[[str], None]
) -> None:
    """Show records until SIGINT or SIGTERM; raises Unavailable where no broker answers."""
    await unless(until_stopped(), _follow(kafka, topics, what, show))


async def _follow(
    kafka: KafkaSettings, topics: Topics, what: Tail, show: Callable[[str], None]
) -> None:
    async with browsing(kafka) as browser:
        starts = await _starts(browser, topics, what.since)
        async for arrival in browser.follow(starts):
            row = _understood(arrival, topics)
            if what.takes(row):
                show(what.line(row))


async def _starts(browser: Browser, topics: Topics, since: int | None) -> Offsets:
    wanted = (topics.results_topic, topics.dead_letters_topic)
    bounds = await browser.bounds(wanted)
    missing = set(wanted) - {tp.topic for tp in bounds}
    if missing:
        names = ", ".join(sorted(missing))
        message = f"missing topics: {names}; `python -m inference topics` creates them"
        raise Misconfigured(message)
    if since is not None:
        return await browser.since(bounds, since)
    return {tp: there.next for tp, there in bounds.items()}


def _understood(arrival: Arrival, topics: Topics) -> Row:
    if arrival.topic == topics.results_topic:
        return records.result(arrival)
    return records.dead_letter(arrival)


def _as_json(row: Row) -> str:
    if isinstance(row, ResultRow):
        return json_line(from_json(row.document))
    kind = "dead_letter" if isinstance(row, DeadLetterRow) else "unreadable"
    return json_line({kind: row._asdict()})


def _for_eyes(row: Row) -> str:
    if isinstance(row, UnreadableRow):
        where = plain(f"{row.topic}/{row.partition}/{row.offset}  {row.why}")
        return click.style(f"{clock(row.arrived)}  unreadable  {where}", "yellow")
    if isinstance(row, DeadLetterRow):
        why = plain(f"{row.lane}  {row.request_id}  {row.reason} in {row.stage}: {row.detail}")
        return click.style(f"{clock(row.arrived)}  dead letter  {why}", "red")
    return _short(f"{clock(row.answered)}  {_summary(row)}")


def _summary(row: ResultRow) -> str:
    answer = json_line(from_json(row.document)["answer"])
    return plain(f"{row.lane}  {row.request_id}  {_how(row)}  {answer}")


def _how(row: ResultRow) -> str:
    """The rung, and what else one should know of the answer: `light (degraded, cache: redis)`."""
    cached = f"cache: {row.cache_tier}" if row.cache_tier else "from the cache"
    notes = ["degraded"] * row.degraded + [cached] * row.from_cache
    return f"{row.answered_by} ({', '.join(notes)})" if notes else row.answered_by


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
