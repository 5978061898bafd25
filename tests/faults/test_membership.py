import pytest
from flow import flowing
from rig import Rig

pytestmark = pytest.mark.kafka

PARTITIONS = range(6)


async def test_workers_that_join_and_leave_lose_nothing_and_keep_the_order(rig: Rig) -> None:
    await rig.create_all(partitions=len(PARTITIONS))
    answers = await rig.listen()
    first = await rig.worker()
    await first.until_ready()
    async with flowing(rig, partitions=len(PARTITIONS)) as places:
        second, third = await rig.worker(), await rig.worker()
        await second.until_ready()
        await third.until_ready()
        await answers.until(lambda a: len(a.came) > 100, 60)
        assert await first.stop() == 0
        await third.kill()
        again = await rig.worker()
        await again.until_ready()
        assert await second.stop() == 0
    await answers.to(places, 60)
    assert answers.in_order
    assert await again.metric("kafka_seeks_total") == 0
    assert await again.stop() == 0


async def test_a_static_member_that_is_restarted_moves_no_partition(rig: Rig) -> None:
    await rig.create_all(partitions=len(PARTITIONS))
    answers = await rig.listen()
    settings = {"KAFKA_SESSION_TIMEOUT": 30}
    peer = await rig.worker(KAFKA_GROUP_INSTANCE_ID="peer", **settings)
    await peer.until_ready()
    other = await rig.worker(KAFKA_GROUP_INSTANCE_ID="other", **settings)
    await other.until_ready()
    await answers.to(await rig.send(map(str, range(60)), PARTITIONS))
    before = await peer.metric("kafka_consumer_rebalances_total")
    for end in (other.stop, other.kill):
        await end()
        places = await rig.send(map(str, range(60)), PARTITIONS)
        other = await rig.worker(KAFKA_GROUP_INSTANCE_ID="other", **settings)
        await answers.to(places, 25)
    assert await peer.metric("kafka_consumer_rebalances_total") == before
    assert answers.in_order
