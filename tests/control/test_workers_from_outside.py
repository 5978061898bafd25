import signal

import pytest
from aiokafka import AIOKafkaProducer
from deployed import LANE, Site, checks, listening, until_ready
from spoiling import send_spoilt

from inference.control import Program, Status

pytestmark = pytest.mark.kafka


def is_paused(status: Status) -> bool:
    return "control" in status.trouble


async def test_a_worker_reports_obeys_and_takes_its_report_back_when_it_leaves(site: Site) -> None:
    await site.create_all()
    port = await site.start("work", LANE)
    [status] = await site.until(lambda s: listening(s) and s[0].lag is not None)
    assert (status.program, status.lane, status.in_flight) == (Program.WORK, LANE, 0)
    assert [rung.level for rung in status.rungs] == ["full"]
    paused = await site.ran("control", "pause", "--lane", LANE)
    assert paused.code == 0, paused.said
    assert "paused by command" in str((await checks(port))["control"])
    assert (await site.ran("control", "resume")).code == 0
    [status] = await site.until(lambda s: not is_paused(s[0]))
    assert [one.action for one in status.commands] == ["pause", "resume"]
    assert await site.stop() == 0
    assert await site.until(lambda s: not s) == []


async def test_while_paused_nothing_is_read_and_nothing_is_lost(site: Site) -> None:
    await site.create_all()
    await site.start("work", LANE)
    await site.until(lambda s: listening(s) and not s[0].trouble)
    assert (await site.ran("control", "pause")).code == 0
    async with AIOKafkaProducer(**site.kafka.client_options()) as producer:
        for number in range(5):
            await producer.send_and_wait(site.topics.requests(LANE), b"%d" % number)
    await site.until(lambda s: s[0].lag is not None and s[0].lag.records == 5)
    assert (await site.ran("control", "resume")).code == 0
    await site.until(lambda s: s[0].lag is not None and s[0].lag.records == 0)


async def test_a_command_that_nobody_understands_is_passed_over_and_never_quoted(
    site: Site,
) -> None:
    await site.create_all()
    await site.start("work", LANE)
    await site.until(listening)
    async with AIOKafkaProducer(**site.kafka.client_options()) as producer:
        for value in (b"secret", b'{"action": "secret"}', None, b"[" * 9999, b"x" * 20_000):
            await producer.send_and_wait(site.topics.control_topic, value, b"key")
    await send_spoilt(site.kafka.bootstrap_servers, site.topics.control_topic)
    assert (await site.ran("control", "reload")).code == 0
    assert site.log().count("not understood") == 6
    assert "secret" not in site.log()


async def test_reload_and_clearing_show_what_became_of_them(site: Site) -> None:
    await site.create_all()
    await site.start("work", LANE)
    await site.until(listening)
    reloaded = await site.ran("control", "reload", "--force")
    assert (reloaded.code, "done" in reloaded.said, "taken over" in reloaded.said) == (
        0,
        True,
        True,
    )
    cleared = await site.ran("control", "clear-cache")
    assert (cleared.code, "the cache is empty" in cleared.said) == (0, True)
    nobody = await site.ran("control", "pause", "--lane", "other")
    assert (nobody.code, "no process to tell" in nobody.said) == (1, True)


async def test_whoever_does_not_answer_a_command_is_named(site: Site) -> None:
    await site.create_all()
    await site.start("work", LANE)
    await site.start("work", LANE)
    both = await site.until(lambda s: len(s) == 2 and listening(s))
    frozen = site.processes[0]
    [name] = [status.process for status in both if status.pid == frozen.pid]
    frozen.send_signal(signal.SIGSTOP)
    ran = await site.ran("control", "clear-cache", "--wait", "2")
    frozen.send_signal(signal.SIGCONT)
    assert (ran.code, ran.said.splitlines()[-1]) == (1, f"Error: not done by {name}")
    assert f"not heard    {name}  no answer yet" in ran.said


async def test_the_table_shows_the_living_and_marks_the_dead(site: Site) -> None:
    await site.create_all()
    await site.start("work", LANE, STATUS_INTERVAL="0.2")
    [status] = await site.until(lambda s: listening(s) and not s[0].trouble)
    shown = await site.ran("status")
    assert shown.code == 0
    assert all(word in shown.said for word in (LANE, f"{status.host}:{status.pid}", "ready"))
    await site.stop(with_signal=signal.SIGKILL)
    assert await site.until(lambda s: len(s) == 1)


async def test_without_the_two_topics_a_worker_carries_on_and_says_so_once(site: Site) -> None:
    await site.create(site.records)
    port = await site.start("work", LANE)
    await until_ready(port)
    async with AIOKafkaProducer(**site.kafka.client_options()) as producer:
        await producer.send_and_wait(site.topics.requests(LANE), b"a")
    missing = await site.ran("status")
    assert missing.code == 1
    assert f"topic {site.topics.status_topic} is missing" in missing.said
    assert await site.stop() == 0
    assert site.log().count("reports are not sent right now") == 1
    assert site.log().count("commands are not heard right now") == 1
