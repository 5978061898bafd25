"""`python -m consumer replay` and `tail`, as somebody at a terminal uses them."""

import asyncio
import json
import signal
from pathlib import Path

import pytest
from asked_and_answered import answer, kept, there
from letters_and_answers import letter, result
from traffic_of_answers import publish

from consumer.store.store import opened
from consumer_process import LIMIT, command, environment, started
from inference.contract import Arrival
from inference.kafka import KafkaSettings, Topics

pytestmark = pytest.mark.kafka

NOBODY = KafkaSettings(bootstrap_servers="127.0.0.1:1")


async def test_a_replay_on_the_command_line_prints_a_line_for_each(
    kafka: KafkaSettings, topics: Topics
) -> None:
    hostile = letter("\x1b[31mred", changes={"__dlq.errors.topic": topics.results_topic})
    await publish(kafka, topics.dead_letters_topic, [letter("a"), hostile])
    env = environment(kafka, topics)
    status, printed, said = await command(env, "replay", "--lane", "echo", "--dry-run")

    assert sorted(line.split()[0] for line in printed.splitlines()) == [
        "failed",  # there is no topic echo.requests here
        "outcome",
        "refused",
    ]
    assert "\x1b" not in printed
    assert (status, said) == (1, "1 refused, 1 failed\n")


async def test_degraded_answers_are_asked_again_beside_the_consumer_that_has_the_store(
    kafka: KafkaSettings, topics: Topics, requests: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    env = environment(kafka, topics, STORE_URL=url)
    await publish(kafka, requests, [Arrival("", 0, 0, 0, b"k", b"a question", [])])
    (question,) = await there(kafka, requests)
    gone = question._replace(offset=10**6)
    async with opened(url) as store:
        await store.write([kept(answer(each)) for each in (question, gone)])
        asking = ("replay", "--degraded", "--since", "2026-01-01", "--lane", "echo")
        status, printed, said = await command(env, *asking)

    assert sorted(line.split()[:2] for line in printed.splitlines()) == [
        ["expired", "light"],
        ["outcome", "answered"],
        ["replayed", "light"],
    ]
    assert (status, said) == (1, "1 replayed, 1 expired\n")
    assert [each.value for each in await there(kafka, requests)] == [b"a question"] * 2


async def test_where_there_is_no_store_it_is_said_in_a_line(tmp_path: Path) -> None:
    env = environment(NOBODY, Topics(), STORE_URL=f"sqlite:///{tmp_path}/none.db")
    status, printed, said = await command(env, "replay", "--degraded", "--all")

    assert (status, printed) == (78, "")
    assert said.startswith("penstock: there is no store at")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "say --all"),
        (("--degraded",), "say --all"),
        (("--degraded", "--since", "2h", "--reason", "refused"), "select dead letters"),
        (("--all", "--force"), "goes with --degraded"),
    ],
)
async def test_a_replay_without_a_good_selection_says_how_to_select(
    options: tuple[str, ...], said: str
) -> None:
    status, _, printed = await command(environment(NOBODY, Topics()), "replay", *options)

    assert (status, said in printed) == (2, True)


async def test_a_replay_without_a_broker_says_so_in_a_line() -> None:
    status, _, said = await command(environment(NOBODY, Topics()), "replay", "--all")

    assert (status, said.startswith("penstock: no broker answers at 127.0.0.1:1")) == (1, True)


@pytest.mark.parametrize("shape", [(), ("--json",)])
async def test_tail_prints_what_comes_until_it_is_interrupted(
    kafka: KafkaSettings, topics: Topics, shape: tuple[str, ...]
) -> None:
    old = [result(str(n)) for n in range(3)]
    await publish(kafka, topics.results_topic, [*old, result("other", lane="another")])
    env = environment(kafka, topics)
    process = await started(env, "tail", "--since", "1h", "--lane", "echo", *shape)
    assert process.stdout is not None
    async with asyncio.timeout(LIMIT):
        lines = [(await process.stdout.readline()).decode() for _ in range(3)]
        await publish(kafka, topics.dead_letters_topic, [letter("new")])
        lines.append((await process.stdout.readline()).decode())
    process.send_signal(signal.SIGINT)
    rest, errors = await process.communicate()

    assert (process.returncode, rest, errors) == (0, b"", b"")
    if shape:
        documents = [json.loads(line) for line in lines]
        assert {d["request"]["id"] for d in documents[:3]} == {"0", "1", "2"}
        assert documents[3]["dead_letter"]["request_id"] == "new"
    else:
        assert sum('full  {"text": "hello"}' in line for line in lines) == 3
        assert "new  refused in full: it asked for it" in lines[3]
