"""Questions on a real topic, and answers to them as workers write them."""

from consumer import records
from consumer.browse import browsing
from consumer.store.rows import ResultRow
from echo_lane.contract import CONTRACT, Echo
from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import Arrival, Level
from inference.departures import Departures
from inference.kafka import KafkaSettings
from inference.ladder import Answered, How

DEPARTURES = Departures(CONTRACT, "penstock.echo")


def answer(question: Arrival, level: Level = Level.LIGHT, *, degraded: bool = True) -> Arrival:
    """What a rung answers, as it lies on the results topic."""
    asked = cloudevents.read(question)
    assert isinstance(asked, Envelope), asked
    how = How(level, degraded, model=None)
    said = Answered(Echo(text=f"{level} at {question.offset}"), how)
    made = DEPARTURES.results(0.0, {}).write(question, asked, said)
    return Arrival("results", 0, 0, question.timestamp, made.key, made.value, made.headers)


def kept(record: Arrival) -> ResultRow:
    """What is kept of such a record."""
    row = records.result(record)
    assert isinstance(row, ResultRow), row
    return row


async def there(kafka: KafkaSettings, topic: str) -> list[Arrival]:
    """What a topic holds, in the order in which it was written."""
    async with browsing(kafka) as browser:
        bounds = await browser.bounds([topic])
        starts = {tp: at.first for tp, at in bounds.items()}
        ends = {tp: at.next for tp, at in bounds.items()}
        found = [arrival async for arrival in browser.read(starts, ends)]
    return sorted(found, key=lambda arrival: (arrival.timestamp, arrival.offset))
