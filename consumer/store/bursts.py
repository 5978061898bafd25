"""Bursts in the tables: each is noted once, whoever finds it and however often."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, text, update

from consumer.bursts.changes import Watched
from consumer.bursts.looking import Finding
from consumer.store.schema import BURSTS
from consumer.times import milliseconds, shown
from inference.figures import Burst

AT_ONCE = 100
# Longer than publishing may take: whoever has not said by then that it is done has died.
CLAIM_MS = 300_000
_NAMESPACE = uuid.UUID("1c8f5f0e-50c5-5d7b-9a36-7f0a4e7c2d11")
# Holds the lane's row until the transaction ends, on SQLite and PostgreSQL alike.
_TURN = text(
    "INSERT INTO looks (lane, looks) VALUES (:lane, 1)"
    " ON CONFLICT (lane) DO UPDATE SET looks = looks.looks + 1"
)


@dataclass
class Episode:
    """A burst, from the end of the first window that it was found in to that of the last."""

    id: str
    first: int
    last: int
    longer: bool = False

    def takes(self, end: int, window: int) -> bool:
        """Whether a finding belongs to it: a burst ends when for a whole window there is none."""
        return self.first - window <= end <= self.last + window


def note(
    connection: Connection, seen: Watched, findings: Iterable[Finding], now: int
) -> list[Burst]:
    """Keep what is new of these, and say what that is."""
    in_order = sorted(findings, key=lambda finding: finding.end)
    if not in_order:
        return []
    connection.execute(_TURN, {"lane": seen.lane})
    known = _known(connection, seen, {finding.key for finding in in_order})
    found: list[Burst] = []
    for finding in in_order:
        if not _lengthens(known[finding.key], finding.end, seen.window):
            burst = _burst(seen, finding)
            known[finding.key].append(Episode(burst.id, finding.end, finding.end))
            found.append(burst)
    _insert(connection, found, now)
    _lengthen(connection, known)
    return found


def claim(connection: Connection, lanes: Iterable[str], now: int) -> Sequence[RowMapping]:
    """Some of these lanes that nobody has published, and nobody else is publishing now."""
    columns = BURSTS.c
    mine = columns.lane.in_(sorted(lanes))
    waiting = (mine, columns.published.is_(None), columns.claimed < now)
    chosen = select(columns.id).where(*waiting).order_by(columns.last, columns.id).limit(AT_ONCE)
    claimed = update(BURSTS).where(columns.id.in_(chosen), *waiting)
    taken = claimed.values(claimed=now + CLAIM_MS).returning(BURSTS)
    return connection.execute(taken).mappings().all()


def settle(connection: Connection, told: Iterable[str], untold: Iterable[str], now: int) -> None:
    """These are published; those wait for whoever claims them next."""
    change = update(BURSTS)
    connection.execute(change.where(BURSTS.c.id.in_(list(told))).values(published=now))
    connection.execute(change.where(BURSTS.c.id.in_(list(untold))).values(claimed=0))


def _lengthens(episodes: Iterable[Episode], end: int, window: int) -> bool:
    for episode in episodes:
        if episode.takes(end, window):
            episode.longer = episode.longer or end > episode.last
            episode.last = max(episode.last, end)
            return True
    return False


def _burst(seen: Watched, finding: Finding) -> Burst:
    """Two bursts of one key lie more than a window apart, so that none has another's id."""
    place = finding.end // seen.window
    name = f"{len(seen.lane)}\n{seen.lane}\n{seen.figure.name}\n{place}\n{finding.key}"
    return Burst(
        id=str(uuid.uuid5(_NAMESPACE, name)),
        lane=seen.lane,
        figure=seen.figure.name,
        key=finding.key,
        since=shown(finding.end - seen.window),
        until=shown(finding.end),
        count=finding.times,
        usual=finding.usual,
        mean=finding.mean,
    )


def _known(
    connection: Connection, seen: Watched, keys: set[str]
) -> defaultdict[str, list[Episode]]:
    columns = BURSTS.c
    mine = (columns.lane == seen.lane, columns.figure == seen.figure.name)
    wanted = select(columns.key, columns.id, columns.first, columns.last)
    known: defaultdict[str, list[Episode]] = defaultdict(list)
    for key, *episode in connection.execute(wanted.where(*mine, columns.key.in_(sorted(keys)))):
        known[key].append(Episode(*episode))
    return known


def _insert(connection: Connection, bursts: Iterable[Burst], now: int) -> None:
    rows = [
        {
            **burst.model_dump(include={"id", "lane", "figure", "key"}),
            "first": milliseconds(burst.until),
            "last": milliseconds(burst.until),
            "document": burst.model_dump_json(),
            "stored": now,
        }
        for burst in bursts
    ]
    if rows:
        connection.execute(insert(BURSTS), rows)


def _lengthen(connection: Connection, known: Mapping[str, Iterable[Episode]]) -> None:
    ends = [
        {"of": episode.id, "end": episode.last}
        for episodes in known.values()
        for episode in episodes
        if episode.longer
    ]
    if ends:
        mine = update(BURSTS).where(BURSTS.c.id == bindparam("of"))
        connection.execute(mine.values(last=bindparam("end")), ends)
