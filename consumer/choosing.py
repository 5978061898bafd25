"""Finds dead letters in Kafka: by looking through their topic, or at the places that ids name."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable

from aiokafka import TopicPartition

from consumer import letters, replay
from consumer.browse import Browser
from consumer.letters import DeadLetter
from consumer.replay import Done, Outcome, Selection

Looked = Callable[[], None]


async def chosen(
    browser: Browser, topic: str, selection: Selection, looked: Looked
) -> AsyncGenerator[DeadLetter | Done, None]:
    """Every dead letter of the selection that was there when this began; ids that name none too."""
    found = _named(browser, topic, selection) if selection.ids else _all(browser, topic, selection)
    async for letter in found:
        looked()
        if isinstance(letter, Done) or selection.takes(letter):
            yield letter


async def _all(browser: Browser, topic: str, selection: Selection) -> AsyncIterator[DeadLetter]:
    bounds = await browser.bounds([topic])
    starts = {tp: there.first for tp, there in bounds.items()}
    if selection.since is not None:
        starts = dict(await browser.since(bounds, selection.since))
    async for arrival in browser.read(starts, {tp: there.next for tp, there in bounds.items()}):
        letter = letters.read(arrival)
        if isinstance(letter, DeadLetter):
            yield letter


async def _named(
    browser: Browser, topic: str, selection: Selection
) -> AsyncIterator[DeadLetter | Done]:
    bounds = await browser.bounds([topic])
    for identity in selection.ids:
        place = replay.place(identity)
        if place is None or place.topic != topic:
            yield Done(identity, None, Outcome.REFUSED, f"this is no id of a record in {topic}")
            continue
        tp = TopicPartition(topic, place.partition)
        there = bounds.get(tp)
        letter = None
        if there and there.first <= place.offset < there.next:
            async for arrival in browser.read({tp: place.offset}, {tp: place.offset + 1}):
                letter = letters.read(arrival)
        if isinstance(letter, DeadLetter) and letter.place.id == identity:
            yield letter
        else:
            yield Done(identity, None, Outcome.EXPIRED, "Kafka has deleted this dead letter")
