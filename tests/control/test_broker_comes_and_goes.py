import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from deployed import LANE, Site
from stations import station

from inference.control import Action, Command
from inference.doctor.control import look_at_control
from inference.doctor.finding import Verdict
from inference.posts.station import Station
from inference.stream import topics
from inference.stream.control import persistence, telling
from inference.stream.control import topics as control_topics
from inference.stream.control.attendance import attend
from inference.stream.control.bulletin import bulletin
from inference.stream.gate import Gate
from local.kafka import Broker

pytestmark = pytest.mark.kafka
NewBroker = Callable[..., Broker]


@contextlib.asynccontextmanager
async def attending(site: Site, at: Station) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(it) for it in attend(site.kafka, site.topics, at)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def until_heard(site: Site, gate: Gate) -> None:
    """Commands are given until one is obeyed, as people do."""
    async with asyncio.timeout(60):
        while "control" not in gate.reasons:
            pause = Command.given(Action.PAUSE, LANE)
            await telling.tell(site.kafka, site.topics.control_topic, pause)
            await asyncio.sleep(0.1)


async def test_topics_that_come_later_are_found_by_and_by(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persistence, "LONG_PAUSE", 0.1)
    gate = Gate()
    async with station(gate) as at, attending(site, at):
        plans = control_topics.plan(site.topics)
        made = await control_topics.create(site.kafka, plans)
        assert [(one.found, one.refused) for one in made] == [(None, None)] * 2
        await until_heard(site, gate)
        await site.until(lambda s: bool(s) and "control" in s[0].trouble)
    assert [one.found for one in await control_topics.create(site.kafka, plans)] == [1, 1]


async def test_a_broker_that_was_away_hears_reports_again_and_gives_commands(
    new_broker: NewBroker, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persistence, "PAUSE", 0.1)
    own = new_broker()
    own.start()
    site.kafka = site.kafka.model_copy(update={"bootstrap_servers": own.bootstrap})
    await control_topics.create(site.kafka, control_topics.plan(site.topics))
    gate = Gate()
    async with station(gate) as at, attending(site, at):
        await site.until(lambda s: bool(s) and s[0].hearing)
        own.kill()
        own.start()
        back = datetime.now(UTC)
        await site.until(lambda s: bool(s) and s[0].time > back)
        await until_heard(site, gate)


async def test_the_topic_of_reports_is_compacted_and_forgets_the_dead_after_a_day(
    site: Site,
) -> None:
    await control_topics.create(site.kafka, control_topics.plan(site.topics))
    name = site.topics.status_topic
    async with topics.open_admin(site.kafka) as admin:
        assert (await topics.partitions(admin))[name] == 1
    async with bulletin(site.kafka, name) as read:
        assert read.statuses() == []


async def test_the_doctor_warns_of_what_is_missing_and_of_reports_that_are_not_compacted(
    site: Site,
) -> None:
    status, control = site.topics.status_topic, site.topics.control_topic
    missing = await look_at_control(site.kafka, site.topics)
    assert [(one.verdict, one.about) for one in missing] == [
        (Verdict.WARN, f"topic {status}"),
        (Verdict.WARN, f"topic {control}"),
    ]
    await site.create([status, control])
    found = await look_at_control(site.kafka, site.topics)
    assert [one.said for one in found if one.verdict is Verdict.WARN] == [
        "is not compacted: the latest reports drown in older ones"
    ]
