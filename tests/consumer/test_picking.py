"""Single records out of a real broker, near to one another and far apart."""

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from asked_and_answered import there
from traffic_of_answers import publish

from consumer import connection
from consumer.browse import browsing
from consumer.picking import LEAP, Spot
from inference.contract import Arrival
from inference.kafka import KafkaSettings

pytestmark = pytest.mark.kafka

COUNT = 5 * LEAP


async def filled(kafka: KafkaSettings, requests: str) -> dict[Spot, Arrival]:
    """A topic of which both partitions have many records."""
    await publish(
        kafka, requests, [Arrival("", 0, 0, 0, b"%d" % n, b"v%d" % n, []) for n in range(COUNT)]
    )
    return {Spot(r.topic, r.partition, r.offset): r for r in await there(kafka, requests)}


async def test_whatever_is_wanted_of_a_topic_is_found(kafka: KafkaSettings, requests: str) -> None:
    held = await filled(kafka, requests)
    spots = sorted(held)
    for wanted in (spots[:1], spots[-1:], spots[:: LEAP + 50], spots[3:40:3], spots, []):
        async with browsing(kafka) as browser:
            assert await browser.pick(wanted) == {spot: held[spot] for spot in wanted}


async def test_one_browser_picks_again_and_again(kafka: KafkaSettings, requests: str) -> None:
    held = await filled(kafka, requests)
    spots = sorted(held)
    async with browsing(kafka) as browser:
        for start in (0, 400, 2):
            wanted = [*spots[start : start + 30], *spots[-start - 5 :]]
            assert await browser.pick(wanted) == {spot: held[spot] for spot in wanted}


async def test_what_is_not_there_is_missing_and_hides_nothing(
    kafka: KafkaSettings, requests: str
) -> None:
    held = await filled(kafka, requests)
    async with connection.admin(kafka) as admin:
        await admin.delete_records({TopicPartition(requests, 0): RecordsToDelete(10)})
    nowhere = [Spot(requests, 0, 10**9), Spot(requests, 77, 0), Spot("no-such-topic", 0, 0)]
    wanted = [Spot(requests, 0, 9), Spot(requests, 0, 10), Spot(requests, 1, 0), *nowhere]
    async with browsing(kafka) as browser:
        found = await browser.pick(wanted)

    assert found == {spot: held[spot] for spot in wanted[1:3]}
