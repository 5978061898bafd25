import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from deployed import LANE, Site, checks, listening
from httpx import ASGITransport, AsyncClient

from inference.cache.settings import CacheSettings
from inference.control import Action, Program, Progress
from inference.kafka import KafkaSettings
from inference.opening import Means
from inference.posts.station import Reach
from inference.serve.api import create_api
from inference.serve.program import attended, open_desks
from inference.serve.settings import ServeSettings
from inference.settings import ControlSettings, LadderSettings
from inference.stream.control.attendance import reach
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings

EVERY = 0.2
pytestmark = pytest.mark.kafka


@asynccontextmanager
async def client(site: Site, way: Reach | None) -> AsyncIterator[AsyncClient]:
    """The HTTP side of inference as its program puts it together, on no port."""
    means = Means(LadderSettings(), CacheSettings())
    async with (
        open_desks(site.topics, ServeSettings(workers=1), means) as (desks, _),
        attended(desks, way) as announce,
    ):
        guard = Guard(GuardSettings(), "127.0.0.1")
        app = create_api(desks, site.topics, ServeSettings(), guard, announce)
        async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as found:
            yield found


def way(site: Site, bootstrap: str | None = None) -> Reach:
    kafka = KafkaSettings(bootstrap_servers=bootstrap or site.kafka.bootstrap_servers)
    return reach(kafka, site.topics, ControlSettings(status_interval=EVERY))


async def test_what_is_told_over_http_reaches_the_workers_and_is_done_here_once(site: Site) -> None:
    await site.create_all()
    await site.start("work", LANE)
    async with client(site, way(site)) as http:
        programs = {Program.WORK, Program.SERVE}
        await site.until(lambda s: listening(s) and {it.program for it in s} == programs)
        cleared = (await http.delete("/model/cache", params={"lane": LANE})).json()
        reloaded = (await http.post("/model/reload", params={"lane": LANE})).json()
        assert cleared["workers_told"] is reloaded["workers_told"] is True
        done = [(Action.CLEAR_CACHE, Progress.DONE), (Action.RELOAD, Progress.DONE)]

        def is_done(worker: bool) -> list[tuple[Action, Progress]]:  # noqa: FBT001 - one of two
            return done if worker else []

        await site.until(
            lambda s: all(
                [(one.action, one.progress) for one in it.commands]
                == is_done(it.program is Program.WORK)
                for it in s
            )
        )


async def test_every_lane_over_http_reports_obeys_and_leaves_in_order(site: Site) -> None:
    await site.create_all()
    async with client(site, way(site)):
        found = await site.until(lambda s: len(s) > 1 and listening(s))
        assert len({status.process for status in found}) == len(found)
        nobody = await site.ran("control", "pause", "--lane", LANE)
        assert (nobody.code, "no process to tell" in nobody.said) == (1, True)
        assert (await site.ran("control", "clear-cache")).code == 0
    assert await site.until(lambda s: not s) == []


async def test_pausing_ends_well_though_nobody_pauses_what_comes_over_http(site: Site) -> None:
    await site.create_all()
    await site.start("work", LANE)
    async with client(site, way(site)):
        programs = {Program.WORK, Program.SERVE}
        await site.until(lambda s: listening(s) and {it.program for it in s} == programs)
        ran = await site.ran("control", "pause", "--lane", LANE)
    told = {line.split()[1] for line in ran.said.splitlines()}
    assert (ran.code, told) == (0, {f"{LANE}@{socket.gethostname()}:{site.processes[0].pid}"})


async def test_with_the_broker_away_all_is_done_here_and_the_answer_comes_in_time(
    site: Site,
) -> None:
    async with client(site, way(site, "127.0.0.1:1")) as http:
        since = time.monotonic()
        cleared = (await http.delete("/model/cache")).json()
        assert (cleared["success"], cleared["workers_told"]) == (True, False)
        assert time.monotonic() - since < 3


async def test_without_a_broker_nobody_is_told(site: Site) -> None:
    async with client(site, None) as http:
        cleared = (await http.delete("/model/cache")).json()
        assert (cleared["success"], cleared["workers_told"]) == (True, None)


async def test_the_program_without_a_named_broker_looks_for_none(site: Site) -> None:
    port = await site.start("serve", KAFKA_BOOTSTRAP_SERVERS="")
    assert LANE in await checks(port)
    assert await site.stop() == 0
    assert "reports" not in site.log()
    assert "Kafka" not in site.log()
