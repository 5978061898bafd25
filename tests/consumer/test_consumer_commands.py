"""`python -m consumer replay` and `tail`, as somebody at a terminal uses them."""

import asyncio
import json
import signal

import pytest
from consumer_process import LIMIT, command, environment, started
from letters_and_answers import letter, result
from traffic_of_answers import publish

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


async def test_a_replay_without_a_selection_says_how_to_select(
    kafka: KafkaSettings, topics: Topics
) -> None:
    status, _, said = await command(environment(kafka, topics), "replay")

    assert (status, "--all" in said) == (2, True)


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
