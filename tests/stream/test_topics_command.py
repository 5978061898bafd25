import asyncio
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from inference.kafka import KafkaSettings
from inference.stream import topics
from inference.stream.commands import topics as command
from local.kafka import Broker

pytestmark = pytest.mark.kafka
Names = Callable[[str], str]


@pytest.fixture
def wanted(broker: Broker, names: Names, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The topics that the command is told to make; none of them is there."""
    made = [names(it) for it in ("requests", "results", "dead", "status", "control")]
    requests, results, dead, status, control = made
    values = {
        "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
        "REQUESTS_TOPICS": f'{{"echo": "{requests}"}}',
        "RESULTS_TOPIC": results,
        "DEAD_LETTERS_TOPIC": dead,
        "STATUS_TOPIC": status,
        "CONTROL_TOPIC": control,
        "TOPIC_PARTITIONS": "2",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return made


def told(*arguments: str) -> tuple[int, list[str]]:
    ran = CliRunner().invoke(command, ["echo", *arguments])
    return ran.exit_code, [" ".join(line.split()[:2]) for line in ran.output.splitlines()]


async def there() -> set[str]:
    async with topics.open_admin(KafkaSettings()) as admin:
        return set(await topics.partitions(admin))


def test_what_is_missing_is_made_once(wanted: list[str]) -> None:
    assert told() == (0, [f"created {name}" for name in wanted])
    asyncio.run(topics.wait_for(KafkaSettings(), wanted, lambda _: None))
    assert told() == (0, [f"there {name}" for name in wanted])


def test_a_dry_run_makes_nothing(wanted: list[str]) -> None:
    assert told("--dry-run") == (0, [f"missing {name}" for name in wanted])
    assert not set(wanted) & asyncio.run(there())


def test_a_topic_that_is_too_small_is_a_failure_until_its_limit_may_be_raised(
    wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told()[0] == 0
    asyncio.run(topics.wait_for(KafkaSettings(), wanted, lambda _: None))
    monkeypatch.setenv("MAX_BYTES", '{"echo": 2000000}')
    code, said = told()
    assert code == 1
    assert said[-3:] == ["Error: topic", f"topic {wanted[2]}", "or let"]
    code, said = told("--raise-limits")
    assert code == 0
    assert said[:2] == [f"raised {wanted[0]}", f"raised {wanted[2]}"]
    assert told()[0] == 0


def test_a_broker_that_is_away_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    ran = CliRunner().invoke(command, ["echo"])
    said = "Error: no broker answers at 127.0.0.1:1 (KafkaConnectionError)"
    assert (ran.exit_code, ran.output.strip().splitlines()[-1]) == (1, said)
