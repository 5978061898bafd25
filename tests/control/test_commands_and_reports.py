"""The two documents and their rules, without a broker."""

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from stations import station

from inference.control import Action, Command, Obeyed, Program, Progress, Status
from inference.kafka import KafkaSettings
from inference.posts.station import Station
from inference.stream.control import telling
from inference.stream.control.following import NOT_HEARD, Following
from inference.stream.control.overview import row
from inference.stream.gate import Gate

NOW = datetime.now(UTC)
SECOND = timedelta(seconds=1)


async def obeyed(at: Station, *commands: Command) -> list[tuple[Progress, str]]:
    for command in commands:
        await at.obey(command)
    return [(one.progress, one.said) for one in at.statuses()[0].commands]


def told(status: Status, process: str, command: Command, progress: Progress | None) -> Status:
    """The report of a process that is so far with a command; None: it has not heard of it."""
    one = {"id": command.id, "action": command.action, "time": NOW}
    obeyed = () if progress is None else (Obeyed(**one, progress=progress),)
    return status.model_copy(update={"process": process, "commands": obeyed})


async def reported() -> Status:
    async with station(None) as at:
        return at.statuses()[0]


def test_a_command_is_obeyed_within_a_minute_by_who_was_there() -> None:
    command = Command.given(Action.PAUSE).model_copy(update={"time": NOW})
    assert command.objection(NOW - SECOND, NOW + SECOND) is None
    assert command.objection(NOW - SECOND, NOW - SECOND) is None
    assert "older than 60 s" in str(command.objection(NOW - SECOND, NOW + 61 * SECOND))
    assert "before this process" in str(command.objection(NOW + SECOND, NOW + SECOND))


@pytest.mark.parametrize(
    "wrong",
    [{"action": "explode"}, {"time": "2026-01-01T00:00:00"}, {"id": "secret"}, {"force": "?"}],
)
def test_what_is_no_command_is_refused_without_being_quoted(wrong: dict[str, str]) -> None:
    written = Command.given(Action.RELOAD).model_dump(mode="json") | wrong
    with pytest.raises(ValidationError) as raised:
        Command.model_validate(written)
    assert "secret" not in str(raised.value)


async def test_pausing_closes_the_gate_and_readiness_says_why() -> None:
    gate = Gate()
    async with station(gate) as at:
        command = Command.given(Action.PAUSE)
        await at.obey(command)
        assert gate.reasons == {"control": f"paused by command {command.id}"}
        assert at.statuses()[0].trouble == gate.reasons
        await at.obey(Command.given(Action.RESUME))
        assert not gate.reasons


async def test_who_reads_no_topic_has_nothing_to_pause() -> None:
    async with station(None) as at:
        said = await obeyed(at, Command.given(Action.PAUSE))
    assert said == [(Progress.PASSED_OVER, "it reads no topic")]


async def test_a_command_is_obeyed_once_and_one_for_another_lane_not_at_all() -> None:
    async with station(None) as at:
        clear = Command.given(Action.CLEAR_CACHE, "echo")
        said = await obeyed(at, clear, clear, Command.given(Action.RELOAD, "other"))
    assert said == [(Progress.DONE, "the cache is empty")]


async def test_a_command_from_before_the_process_began_is_passed_over_and_that_is_said() -> None:
    async with station(None) as at:
        early = Command.given(Action.RELOAD).model_copy(update={"time": NOW - 5 * SECOND})
        [(progress, said)] = await obeyed(at, early)
    assert (progress, said) == (Progress.PASSED_OVER, "it was given before this process began")


async def test_a_command_that_ends_with_a_defect_is_said_and_harms_nobody() -> None:
    class Broken(Gate):
        def close(self, who: str, why: str) -> None:
            raise RuntimeError(who, why)

    async with station(Broken()) as at:
        said = await obeyed(at, Command.given(Action.PAUSE), Command.given(Action.RELOAD))
    assert said == [(Progress.FAILED, "it ended with RuntimeError"), (Progress.DONE, "taken over")]


async def test_a_report_comes_back_from_its_json_as_it_was() -> None:
    status = await reported()
    assert Status.model_validate_json(status.model_dump_json()) == status
    assert status.process == f"echo@{status.host}:{status.pid}"


async def test_who_missed_several_reports_is_stale_and_shown_so() -> None:
    status = await reported()
    assert not status.stale(status.time + 10 * SECOND)
    assert status.stale(status.time + 11 * SECOND)
    slow = status.model_copy(update={"every": 20.0})
    assert not slow.stale(status.time + 50 * SECOND)
    shown = [str(cell) for cell in row(status, status.time + 11 * SECOND)]
    assert shown[3] == "stale"
    assert shown[-1] == "11 s ago"


async def test_what_strangers_report_is_shown_without_what_a_terminal_would_obey() -> None:
    status = (await reported()).model_copy(update={"host": "\x1b[2Jhost", "trouble": {"a": "\x07"}})
    assert not any("\x1b" in str(cell) or "\x07" in str(cell) for cell in row(status, NOW))


async def test_following_waits_for_the_living_and_says_who_has_not_heard() -> None:
    async with station(None) as at:
        [status] = at.statuses()
        dead = status.model_copy(update={"process": "dead", "time": NOW - 600 * SECOND})
        command = Command.given(Action.CLEAR_CACHE, "echo")
        following = Following(command, [status, dead], NOW)
        [silent] = following.waiting
        assert (silent.progress, silent.said) == (NOT_HEARD, "it cannot read the control topic")
        await at.obey(command)
        assert [it.progress for it in following.news(at.statuses())] == [Progress.DONE]
        assert following.news(at.statuses()) == []
    assert following.trouble is None


@pytest.mark.parametrize("last", [None, *set(Progress) - {Progress.DONE}])
async def test_whoever_has_not_obeyed_is_named(last: Progress | None) -> None:
    status, command = await reported(), Command.given(Action.RELOAD)
    both = [told(status, name, command, None) for name in ("one", "two")]
    following = Following(command, both, status.time)
    assert following.trouble == "not done by one, two"
    following.news([told(status, "one", command, Progress.DONE), both[1]])
    following.news([told(status, "two", command, last)])
    assert following.trouble == "not done by two"
    following.news([told(status, "two", command, Progress.DONE)])
    assert following.trouble is None


async def test_who_leaves_in_order_need_not_obey_but_somebody_has_to() -> None:
    status, command = await reported(), Command.given(Action.RELOAD)
    one, two = (told(status, name, command, None) for name in ("one", "two"))
    following = Following(command, [one, two], status.time)
    following.news([told(status, "one", command, Progress.DONE)])
    assert (following.trouble, following.waiting) == (None, [])
    following = Following(command, [one, two], status.time)
    following.news([])
    assert (following.trouble, following.waiting) == ("not done: every process has left", [])


async def test_only_who_reads_a_topic_is_told_to_pause() -> None:
    worker = await reported()
    asked = worker.model_copy(update={"process": "http", "program": Program.SERVE})
    pause, clear = Command.given(Action.PAUSE), Command.given(Action.CLEAR_CACHE)
    assert [*Following(pause, [worker, asked], NOW).expected] == [worker.process]
    assert {*Following(clear, [worker, asked], NOW).expected} == {worker.process, "http"}


async def test_a_broker_that_never_answers_keeps_nobody_longer_than_two_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{silent.getsockname()[1]}")
        since = time.monotonic()
        assert not await telling.tell(kafka, "control", Command.given(Action.RELOAD))
        assert time.monotonic() - since < telling.LIMIT + 1
