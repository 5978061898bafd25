import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import send
from topic_contents import records

from local import topics
from local.kafka import Broker


def test_an_unknown_lane_is_one_line_that_says_which_there_are() -> None:
    ended = send("nothing", "--samples", "1", to="127.0.0.1:1")
    assert ended.returncode == 78
    assert ended.stderr.startswith("penstock: no lane is called 'nothing'; there are: ")
    assert len(ended.stderr.splitlines()) == 1


def test_a_broker_that_is_away_is_one_line_that_names_it_and_the_setting() -> None:
    ended = send("echo", "--samples", "1", to="127.0.0.1:1")
    assert ended.returncode == 1
    assert ended.stderr.startswith("penstock: cannot reach Kafka at 127.0.0.1:1 ")
    assert ended.stderr.endswith("is KAFKA_BOOTSTRAP_SERVERS right?\n")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (("echo",), {}, "there is nothing to send"),
        (("echo", "--samples", "1"), {"ACKNOWLEDGE_TIMEOUT": "soon"}, "ACKNOWLEDGE_TIMEOUT: "),
        (("echo", "--samples", "1"), {"KAFKA_SECURITY_PROTOCOL": "TSL"}, "KAFKA_SECURITY_PROTOCOL"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: tuple[str, ...], settings: dict[str, str], said: str
) -> None:
    ended = send(*arguments, to="127.0.0.1:1", settings=settings)
    assert ended.returncode == 78
    assert ended.stderr.startswith(f"penstock: {said}")
    assert len(ended.stderr.splitlines()) == 1


def test_a_dry_run_checks_everything_without_a_broker(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("good day")
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    ended = send("echo", str(tmp_path), "--dry-run", to="127.0.0.1:1")
    assert ended.returncode == 1
    assert ended.stderr == "bad.txt: malformed: the value is not UTF-8 text\n"
    assert ended.stdout == "1 of 2 are fit for echo.requests\n"


@pytest.fixture
async def topic(broker: Broker, names: Callable[[str], str]) -> str:
    name = names("echo")
    await topics.create(broker.bootstrap, [name], partitions=3)
    return name


def to_topic(topic: str) -> dict[str, str]:
    return {"REQUESTS_TOPICS": json.dumps({"echo": topic})}


@pytest.mark.kafka
async def test_when_it_ends_the_broker_has_everything(
    broker: Broker, topic: str, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    for number in range(50):
        (tmp_path / "deep" / f"{number}.txt").write_text(f"text {number}")
    arguments = ("echo", str(tmp_path), "-", "--samples", "200", "--source", "/desk")
    ended = await asyncio.to_thread(
        send, *arguments, to=broker.bootstrap, stdin=b"piped", settings=to_topic(topic)
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"251 of 251 are written to {topic}\n"
    found = await records(broker.bootstrap, topic)
    keys = {record.key for record in found}
    assert len(found) == 251
    assert {b"stdin", b"7.txt", b"text-199"} <= keys
    assert {dict(record.headers)["ce_source"] for record in found} == {b"/desk"}


@pytest.mark.kafka
async def test_each_event_written_can_be_had_as_a_json_line(broker: Broker, topic: str) -> None:
    arguments = ("echo", "--samples", "3", "--json", "--key", "camera")
    ended = await asyncio.to_thread(send, *arguments, to=broker.bootstrap, settings=to_topic(topic))
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {line["name"] for line in told} == {"text-0", "text-1", "text-2"}
    found = await records(broker.bootstrap, topic)
    places = {(dict(r.headers)["ce_id"].decode(), r.partition, r.offset) for r in found}
    assert {(line["id"], line["partition"], line["offset"]) for line in told} == places
    assert {record.key for record in found} == {b"camera"}


@pytest.mark.kafka
async def test_what_the_topic_does_not_take_is_listed_and_the_rest_is_written(
    broker: Broker, names: Callable[[str], str], tmp_path: Path
) -> None:
    topic = names("small")
    await topics.create(broker.bootstrap, [topic], settings={"max.message.bytes": "20000"})
    (tmp_path / "large.txt").write_text("x" * 500_000)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("small")
    ended = await asyncio.to_thread(
        send, "echo", str(tmp_path), to=broker.bootstrap, settings=to_topic(topic)
    )
    assert ended.returncode == 1
    wanted = f"large.txt: the topic {topic} takes no 500000 bytes; raise its max.message.bytes\n"
    assert ended.stderr == wanted
    assert len(await records(broker.bootstrap, topic)) == 5


@pytest.mark.kafka
async def test_a_broker_that_dies_meanwhile_ends_it_with_a_list_of_what_is_missing(
    new_broker: Callable[[], Broker],
) -> None:
    own = new_broker()
    await asyncio.to_thread(own.start)
    await topics.create(own.bootstrap, ["echo.requests"])
    arguments = ("echo", "--samples", "400", "--rate", "100", "--json")
    settings = {"ACKNOWLEDGE_TIMEOUT": "2"}
    sending = asyncio.create_task(
        asyncio.to_thread(send, *arguments, to=own.bootstrap, settings=settings)
    )
    async with asyncio.timeout(30):
        while not await records(own.bootstrap, "echo.requests"):
            await asyncio.sleep(0.05)
    await asyncio.to_thread(own.kill)
    ended = await sending
    written = {json.loads(line)["name"] for line in ended.stdout.splitlines()}
    listed = {line.partition(":")[0] for line in ended.stderr.splitlines()[:-1]}
    assert ended.returncode == 1
    assert written
    assert listed
    assert written | listed == {f"text-{number}" for number in range(400)}
    assert not written & listed
    assert "not tried: the broker was gone" in ended.stderr
