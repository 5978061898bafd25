"""The first questions that `make run` asks, and their answers as a table."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlencode

from rich.table import Table

from local.errors import LocalError
from local.once import once
from local.probes import get
from local.program import python, shared
from local.settings import LocalSettings

ANSWERED_WITHIN = 30.0
POLL = 0.2
FAVOURITE = "image-classification"
LABELS = 3

Document = Mapping[str, Any]


class Sent(NamedTuple):
    """A sample on its way."""

    id: str
    name: str


def chosen(lanes: Sequence[str]) -> str | None:
    """The lane whose samples are sent."""
    return FAVOURITE if FAVOURITE in lanes else next(iter(lanes), None)


async def send(settings: LocalSettings, lane: str) -> list[Sent]:
    """Send samples as anybody would, from the command line."""
    command = python("producer", "send", lane, "--samples", str(settings.samples), "--json")
    done = await once(command, settings.logs / "samples.log", shared(settings))
    if done.code:
        message = f"the samples could not be sent: {done.last} (log: {done.log})"
        raise LocalError(message)
    # The broker acknowledges them in an order of its own.
    return sorted(sent(done.lines), key=_natural)


def sent(lines: Sequence[str]) -> Iterator[Sent]:
    """The samples in what `producer send --json` printed."""
    for line in lines:
        if line.startswith("{"):
            written = json.loads(line)
            yield Sent(written["id"], written["name"])


def _natural(sample: Sent) -> list[tuple[int, str]]:
    """Makes 2 come before 10."""
    parts = re.findall(r"\d+|\D+", sample.name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


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
    return rows(body) if status == 200 else []  # noqa: PLR2004 - HTTP's own number


def rows(body: bytes) -> list[Document]:
    """The results on a page of the consumer."""
    page = json.loads(body)
    found = page.get("results") or page.get("items") or [] if isinstance(page, dict) else page
    return list(found)


def identity(row: Document) -> str:
    """Which question a result answers."""
    return str(row.get("request", {}).get("id"))


def table(title: str, asked: Sequence[Sent], found: Mapping[str, Document]) -> Table:
    """A line for each sample."""
    drawn = Table(
        "sample", "answer", "answered by", "model", "in", title=title, title_justify="left"
    )
    for sample in asked:
        row = found.get(sample.id)
        drawn.add_row(sample.name, *(_cells(row) if row else ("not yet", "", "", "")))
    return drawn


def _cells(row: Document) -> tuple[str, str, str, str]:
    model = row.get("model") or {}
    named = f"{model.get('name', '')} {model.get('version', '')}".strip()
    spent = sum(row.get("stages", {}).values())
    by = f"{row.get('answered_by', '')}{' (cached)' if row.get('from_cache') else ''}"
    return answer(row.get("answer")), by, named, f"{spent * 1000:.0f} ms"


def answer(document: object) -> str:
    """Labels with scores where the lane gives some; else the answer itself, in short."""
    if isinstance(document, Mapping) and isinstance(document.get("predictions"), list):
        best = document["predictions"][:LABELS]
        return ", ".join(f"{one.get('label')} {one.get('score', 0):.2f}" for one in best)
    return json.dumps(document)[:60]
