"""What the question of a degraded answer becomes when it is asked again. Pure: no Kafka."""

from collections.abc import Callable, Container

from consumer import letters, replay
from consumer.letters import REPLAYS
from consumer.replay import Asked, Impossible, Original, Outcome
from consumer.store.wanted import Degraded
from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import Arrival

GONE = Impossible(Outcome.EXPIRED, "Kafka has deleted the record of this question")
TAKEN = Impossible(Outcome.EXPIRED, "another record has taken the place of this question")


def original(
    answer: Degraded, record: Arrival | None, ours: Container[str], typed: Callable[[str], str]
) -> Original | Impossible:
    """The record to publish, if the question is still there; the rest is as in `replay.original`.

    A record is this question if its answer has the same id; so nothing else is ever asked.
    """
    if replay.is_closed(answer.topic, ours):
        return replay.NO_REQUESTS
    if record is None:
        return GONE
    asked = cloudevents.read(record)
    if not isinstance(asked, Envelope) or _answer_id(answer, asked) != answer.id:
        return TAKEN
    kept = [header for header in record.headers if header[0] != REPLAYS]
    given = Asked(asked.id, asked.source, answer.lane, record.timestamp)
    count = max(answer.replays, letters.replays(record.headers)) + 1
    headers = [*kept, *replay.identity(given, kept, typed), replay.counted(count)]
    return Original(answer.topic, answer.request_partition, record.key, record.value, headers)


def _answer_id(answer: Degraded, asked: Envelope) -> str:
    """The id of this lane's answer to a question."""
    return cloudevents.result_id(asked.source, asked.id, answer.lane, answer.version).decode()
