import asyncio
from collections.abc import Callable

import pytest

from inference.kafka import KafkaSettings
from inference.stream import connecting
from local import topics
from local.kafka import Broker

pytestmark = pytest.mark.kafka


async def test_a_broker_that_goes_away_between_two_questions_is_asked_again(
    new_broker: Callable[[], Broker],
) -> None:
    broker = new_broker()
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
    said: list[str | None] = []
    asking = asyncio.create_task(connecting._limits(kafka, ["results"], said.append))
    async with asyncio.timeout(30):
        while not said:
            await asyncio.sleep(0.05)
    assert "cannot ask how much the topics take" in (said[0] or "")
    await asyncio.to_thread(broker.start)
    await topics.create(broker.bootstrap, ["results"], 1, {"max.message.bytes": "12345"})
    limits = await asyncio.wait_for(asking, 60)
    assert limits in ({"results": 12345}, {})
    assert said[-1] is None
