import asyncio

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from answers import Answers
from rig import Rig

pytestmark = pytest.mark.kafka


async def delete(rig: Rig, topic: str) -> None:
    """Deletes it, and returns when nobody can see it any more."""
    admin = AIOKafkaAdminClient(bootstrap_servers=rig.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic])
        async with asyncio.timeout(10):
            while topic in await admin.list_topics():
                await asyncio.sleep(0.02)
    finally:
        await admin.close()


def texts(answers: Answers) -> set[str]:
    return {answer.text for answer in answers.came if answer.reason is None}


async def test_a_worker_names_the_topics_that_are_missing_and_starts_once_they_are_there(
    rig: Rig,
) -> None:
    await rig.create(rig.results)
    worker = await rig.worker()
    await worker.until(lambda said: rig.requests in (said.get("topics") or ""), 30)
    said = (await worker.checks())["topics"] or ""
    assert said.startswith(f"missing topics: {rig.requests}, {rig.dead};")
    assert "python -m inference topics" in said
    assert rig.results not in said
    await rig.create(rig.requests)
    await rig.create(rig.dead)
    answers = await rig.listen()
    await answers.to(await rig.send(["text"]))
    await worker.until_ready(10)


@pytest.mark.parametrize("noticed", [False, True])
async def test_a_topic_that_is_deleted_and_created_again_is_read_from_its_beginning(
    rig: Rig, *, noticed: bool
) -> None:
    """Whether or not the worker had the time to see that it was gone."""
    await rig.create_all()
    answers = await rig.listen()
    worker = await rig.worker()
    await worker.until_ready()
    await answers.to(await rig.send([f"old {n}" for n in range(50)]))
    await worker.until_metric("kafka_consumer_lag", lambda lag: lag == 0, 20)
    await delete(rig, rig.requests)
    if noticed:
        await worker.until(lambda said: said.get("broker") == f"topic {rig.requests} is gone", 30)
    await rig.create(rig.requests)
    await rig.send(f"new {n}" for n in range(10))
    await answers.until(lambda a: {f"new {n}" for n in range(10)} <= texts(a), 60)
    assert worker.running
