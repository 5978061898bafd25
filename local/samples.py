"""The first questions that `make run` asks, and their answers as a table."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlencode

from rich.table import Table

from inference import lanes
from inference.contract import Content
from local.errors import LocalError
from local.pages import get, post
from local.settings import LocalSettings

ANSWERED_WITHIN = 30.0
POLL = 0.2
FAVOURITE = "image-classification"
HEADINGS = ("sample", "answer", "score", "answered by", "in")
NUMBERS = frozenset({"score", "in"})
LONGEST = 36

Document = Mapping[str, Any]


class Sent(NamedTuple):
    """A sample on its way."""

    id: str
    name: str


def ordered(found: Sequence[str]) -> list[str]:
    """The lanes whose samples are sent, the one that is easiest to understand first."""
    return sorted(found, key=lambda lane: (lane != FAVOURITE, lane))


def send(settings: LocalSettings, lane: str) -> list[Sent]:
    """Send the lane's own samples to the producer, as anybody would over HTTP."""
    made = lanes.part(lane, "samples", "samples")(settings.samples)
    return [Sent(_accepted(settings.producer_port, lane, content), name) for name, content in made]


def _accepted(port: int, lane: str, content: Content) -> str:
    status, body = post(port, f"/lanes/{lane}/requests", content.data, content.type)
    if status != HTTPStatus.ACCEPTED:
        message = f"the producer did not take a sample: {body.decode(errors='replace')}"
        raise LocalError(message)
    return str(json.loads(body)["id"])


async def answers(settings: LocalSettings, lane: str, asked: Sequence[Sent]) -> dict[str, Document]:
    """The answer to each sample by its id; fewer, where some take too long."""
    end = time.monotonic() + ANSWERED_WITHIN
    wanted = {sample.id for sample in asked}
    found: dict[str, Document] = {}
    while wanted - found.keys() and time.monotonic() < end:
        page = await asyncio.to_thread(_page, settings.consumer_port, lane, len(asked))
        found = {identity(row): row for row in page if identity(row) in wanted}
        await asyncio.sleep(POLL if wanted - found.keys() else 0)
    return found


def _page(port: int, lane: str, limit: int) -> list[Document]:
    try:
        status, body = get(port, f"/results?{urlencode({'lane': lane, 'limit': limit})}")
    except (OSError, HTTPException):
        return []
    return rows(body) if status == HTTPStatus.OK else []


def rows(body: bytes) -> list[Document]:
    """The results on a page of the consumer."""
    page = json.loads(body)
    found = page.get("results") or page.get("items") or [] if isinstance(page, dict) else page
    return list(found)


def identity(row: Document) -> str:
    """Which question a result answers."""
    return str(row.get("request", {}).get("id"))


def table(
    title: str, asked: Sequence[Sent], found: Mapping[str, Document], headline: lanes.Headline
) -> Table:
    """A line for each sample, and below it the models that answered."""
    by = ", ".join(sorted({_model(row) for row in found.values()} - {""}))
    drawn = Table(title=title, title_justify="left", caption=by or None, caption_justify="left")
    for heading in HEADINGS:
        drawn.add_column(heading, no_wrap=True, justify="right" if heading in NUMBERS else "left")
    for sample in asked:
        row = found.get(sample.id)
        drawn.add_row(sample.name, *(_cells(row, headline) if row else ("not yet",)))
    return drawn


def _cells(row: Document, headline: lanes.Headline) -> tuple[str, str, str, str]:
    spent = sum(row.get("stages", {}).values())
    by = f"{row.get('answered_by', '')}{' (cached)' if row.get('from_cache') else ''}"
    said, score = headline(row["answer"])
    return said[:LONGEST], score, by, f"{spent * 1000:.0f} ms"


def _model(row: Document) -> str:
    model = row.get("model") or {}
    return f"{model.get('name', '')} {model.get('version', '')}".strip()
