import hashlib

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from rig import Rig

pytestmark = pytest.mark.kafka

KB = 1000


async def set_topic(rig: Rig, topic: str, **settings: str) -> None:
    """Changes settings of a topic while it is used; all others go back to their defaults."""
    said = {name.replace("_", "."): value for name, value in settings.items()}
    admin = AIOKafkaAdminClient(bootstrap_servers=rig.bootstrap)
    await admin.start()
    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, said)])
    finally:
        await admin.close()


async def test_what_a_topic_is_too_small_for_leaves_in_a_smaller_form(rig: Rig) -> None:
    """A result as a dead letter, and a dead letter as its reasons with a reference."""
    await rig.create(rig.requests)
    await rig.create(rig.results, max_message_bytes=100 * KB)
    await rig.create(rig.dead, max_message_bytes=200 * KB)
    answers = await rig.listen()
    await rig.worker()
    large = b"l" * 150 * KB
    huge = b"h" * 300 * KB
    values = [b"before", large, b"between", huge, b"after"]
    places = await rig.send([b"first", *values])
    await answers.to(places)
    await answers.to(await rig.send([b"later"]))
    assert [answers.results[(0, n)].text for n in (0, 1, 3, 5, 6)] == [
        *("first", "before", "between", "after", "later")
    ]
    letter, reference = answers.dead_letters[0, 2], answers.dead_letters[0, 4]
    assert (letter.reason, letter.value) == ("refused", large)
    assert letter.headers["dlq.stage"] == b"publish"
    assert (reference.reason, reference.value) == ("refused", None)
    said = f"{rig.requests}/0/4 sha256={hashlib.sha256(huge).hexdigest()}"
    assert reference.headers["dlq.ref"] == said.encode()
    assert answers.in_order
    assert answers.duplicates == 0


async def test_while_dead_letters_cannot_be_written_their_partition_waits(rig: Rig) -> None:
    """Nothing is dropped, readiness says why, other partitions go on."""
    await rig.create_all()
    answers = await rig.listen()
    worker = await rig.worker(KAFKA_REQUEST_TIMEOUT=2)
    await worker.until_ready()
    await set_topic(rig, rig.dead, max_message_bytes="100")
    waiting = await rig.send([b"before", b"\xff not text", b"after"])
    await worker.until(lambda said: "publishing fails" in (said.get("publishing") or ""), 30)
    await answers.to(await rig.send([b"elsewhere"], [1]))
    later = await rig.send([b"later"])
    assert (0, 1) not in answers.by_place
    await set_topic(rig, rig.dead)
    await answers.to([*waiting, *later], 30)
    assert answers.dead_letters[0, 1].reason == "malformed"
    assert answers.in_order
    await worker.until_ready(10)
