"""What a dead letter becomes when it is put back on its topic. Pure: no Kafka, no store."""

import hashlib
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from consumer.letters import DLQ, ERRORS, REPLAYS, DeadLetter
from consumer.store.rows import Place
from inference import cloudevents
from inference.contract import Arrival, Headers

_REFERENCE = re.compile(r"([^/]+)/(\d{1,10})/(\d{1,18})(?: sha256=([0-9a-f]{64}))?", re.ASCII)
_ID = re.compile(r"(.+)-(\d{1,10})-(\d{1,18})-(\d{1,18})", re.ASCII)
_STRUCTURED = b"application/cloudevents"


class Outcome(StrEnum):
    """What became of what was chosen; a closed set, used as a metric label."""

    WOULD_REPLAY = "would replay"
    REPLAYED = "replayed"
    EXPIRED = "expired"
    REFUSED = "refused"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Selection:
    """Which dead letters; a criterion that is not given takes all."""

    lane: str | None = None
    reason: str | None = None
    since: int | None = None
    until: int | None = None
    ids: Sequence[str] = ()

    def takes(self, letter: DeadLetter) -> bool:
        """Whether a dead letter is among them; times are those of its own record."""
        time = letter.place.timestamp
        return (
            (self.lane is None or letter.lane == self.lane)
            and (self.reason is None or letter.reason == self.reason)
            and (self.since is None or time >= self.since)
            and (self.until is None or time < self.until)
            and (not self.ids or letter.place.id in self.ids)
        )


class Original(NamedTuple):
    """A record to publish: what a sender once sent, with the id that it was given then."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Asked(NamedTuple):
    """Who asked whom, and when: what a record without headers cannot say at a new place."""

    id: str
    source: str
    lane: str
    time: int


class Impossible(NamedTuple):
    """Why a record cannot be put back."""

    outcome: Outcome
    why: str


NO_REQUESTS = Impossible(Outcome.REFUSED, "it comes from a topic that is no request topic")


class Chosen(Protocol):
    """A dead letter, or an answer below full: something whose question goes back on its topic."""

    @property
    def id(self) -> str:
        """What it is asked for by."""
        ...

    @property
    def request_id(self) -> str:
        """The question."""
        ...

    @property
    def lane(self) -> str:
        """Whom the question was put to."""
        ...

    @property
    def reason(self) -> str:
        """In a word, why it is worth asking again."""
        ...

    @property
    def topic(self) -> str:
        """Where the question goes."""
        ...


class Done(NamedTuple):
    """What became of one that was chosen; there is none where an id names none."""

    id: str
    chosen: Chosen | None
    outcome: Outcome
    detail: str = ""


class Reference(NamedTuple):
    """Where the bytes of a dead letter lie that was too large to be one, and their SHA-256."""

    topic: str
    partition: int
    offset: int
    digest: str


def place(identity: str) -> Place | None:
    """The place that the id of a dead letter names."""
    found = _ID.fullmatch(identity)
    return found and Place(found[1], int(found[2]), int(found[3]), int(found[4]))


def reference(letter: DeadLetter) -> Reference | Impossible | None:
    """Where the original lies, if not in the dead letter itself."""
    if letter.reference is None:
        return None
    found = _REFERENCE.fullmatch(letter.reference)
    if found is None:
        return Impossible(
            Outcome.REFUSED, "its dlq.ref is not <topic>/<partition>/<offset> sha256="
        )
    if found[4] is None:
        why = f"the client cannot take its bytes apart; they lie at {found[0]}"
        return Impossible(Outcome.REFUSED, why)
    named = Reference(found[1], int(found[2]), int(found[3]), found[4])
    if named[:3] != (letter.topic, letter.partition, letter.offset):
        return Impossible(Outcome.REFUSED, "its dlq.ref names another record than its origin")
    return named


def restored(there: Arrival | None, named: Reference) -> Arrival | Impossible:
    """The record that a reference names, if it is still the same one."""
    if there is None:
        return Impossible(Outcome.EXPIRED, "Kafka has deleted the original record")
    if hashlib.sha256(there.value or b"").hexdigest() != named.digest:
        return Impossible(Outcome.EXPIRED, "another record has taken the original's place")
    return there


def original(
    letter: DeadLetter, record: Arrival, ours: Container[str], typed: Callable[[str], str]
) -> Original | Impossible:
    """The record to publish; `ours` are topics that nothing is ever put back on.

    `typed` gives the CloudEvents type of a lane's requests, for records that came without any.
    """
    if is_closed(letter.topic, ours):
        return NO_REQUESTS
    kept = [header for header in record.headers if not header[0].startswith((DLQ, ERRORS))]
    asked = Asked(letter.request_id, letter.source, letter.lane, _time(letter))
    headers = [*kept, *identity(asked, kept, typed), counted(letter.replays + 1)]
    return Original(letter.topic, letter.partition, record.key, record.value, headers)


def is_closed(topic: str, ours: Container[str]) -> bool:
    """Whether nothing is ever put back there, whatever a record says."""
    return topic in ours or topic.startswith("__")


def counted(replays: int) -> tuple[str, bytes]:
    """The header that says how often a record was put back."""
    return REPLAYS, str(replays).encode()


def identity(asked: Asked, kept: Headers, typed: Callable[[str], str]) -> Headers:
    """What makes the record the same request again, although it gets a new place."""
    names = dict(kept)
    content_type = names.get("content-type") or b""
    given = [
        ("ce_id", asked.id.encode()),
        ("ce_source", asked.source.encode()),
    ]
    if content_type[: len(_STRUCTURED)].lower() == _STRUCTURED:
        return []
    if any(name.startswith("ce_") for name in names):
        return [header for header in given if header[0] not in names]
    return [
        ("ce_specversion", b"1.0"),
        *given,
        ("ce_type", typed(asked.lane).encode()),
        ("ce_time", cloudevents.written_time(asked.time).encode()),
        *_readable(content_type),
    ]


def _readable(content_type: bytes) -> Headers:
    """Of an event it must be text; the last header of a name holds, so the first one can stay."""
    text = content_type.decode("utf-8", "replace").encode()
    return [] if text == content_type else [("content-type", text)]


def _time(letter: DeadLetter) -> int:
    """When the original was written: a derived id says so, and only such a record needs it."""
    start = f"{letter.partition}-{letter.offset}-"
    said = letter.request_id.removeprefix(start)
    known = said != letter.request_id and said.isascii() and said.isdecimal()
    return int(said) if known else letter.place.timestamp
