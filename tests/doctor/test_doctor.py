import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from click.testing import CliRunner

from inference import lanes
from inference.doctor.commands import doctor
from inference.kafka import KafkaSettings, Topics
from inference.stream import topics
from local.kafka import Broker

Names = Callable[[str], str]
NewBroker = Callable[..., Broker]
PACKAGES = Path(__file__).parents[1] / "packages"
pytestmark = pytest.mark.kafka


@dataclass(frozen=True)
class Office:
    """Where the doctor is asked, and what it is told."""

    monkeypatch: pytest.MonkeyPatch

    def told(self, **variables: str) -> None:
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def asked(self, *arguments: str) -> tuple[int, list[str]]:
        ran = CliRunner().invoke(doctor, ["echo", *arguments])
        return ran.exit_code, ran.output.splitlines()


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("PYTHONPATH", str(PACKAGES))
    return Office(monkeypatch)


@pytest.fixture
def at_broker(office: Office, broker: Broker, names: Names) -> Topics:
    """Topics that no other test has, and a doctor that is told of them; none is created yet."""
    requests, results, dead = names("requests"), names("results"), names("dead")
    office.told(
        KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap,
        REQUESTS_TOPICS=f'{{"echo": "{requests}"}}',
        RESULTS_TOPIC=results,
        DEAD_LETTERS_TOPIC=dead,
        TOPIC_PARTITIONS="3",
        KAFKA_GROUP=names("group"),
    )
    return Topics()


def create(settings: Topics, **config: str) -> None:
    """The topics of the echo lane; the request topic with other settings where they are given."""
    [first, *others] = topics.plan([lanes.contract("echo")], settings)
    asked = first._replace(config={**first.config, **config})
    asyncio.run(_create([asked, *others]))


async def _create(plans: list[topics.TopicPlan]) -> None:
    kafka = KafkaSettings()
    await topics.create(kafka, plans)
    await topics.wait_for(kafka, [plan.name for plan in plans], lambda _: None)


def test_a_lane_that_has_all_it_needs_is_well(office: Office, at_broker: Topics) -> None:
    create(at_broker)
    code, said = office.asked()
    assert code == 0
    assert f"ok   topic {at_broker.requests('echo')}: 3 partitions, 1 replica(s)" in said[2]
    assert f"ok   writing to {at_broker.results_topic}: we may" in said
    assert "ok   lane echo: opens; full: no model needed" in said
    assert f"  environment RESULTS_TOPIC={at_broker.results_topic}" in said
    assert "  default     KAFKA_SECURITY_PROTOCOL=PLAINTEXT" in said


def test_a_missing_topic_fails_with_the_command_that_makes_it(
    office: Office, at_broker: Topics
) -> None:
    code, said = office.asked()
    assert code == 1
    line = f"fail topic {at_broker.results_topic}: is not there, or we may not see it"
    assert said[said.index(line) + 1] == "     -> run: python -m inference topics"


def test_a_topic_too_small_or_compacted_or_kept_too_long_is_told(
    office: Office, at_broker: Topics
) -> None:
    create(at_broker, **{"max.message.bytes": "1000", "cleanup.policy": "compact"})
    code, said = office.asked()
    topic = at_broker.requests("echo")
    assert code == 1
    assert f"fail topic {topic}: takes 1000 bytes, 1065536 are promised" in said
    assert any(line.startswith(f"fail topic {topic}: is compacted") for line in said)
    office.told(TOPIC_RETENTION_HOURS="1")
    assert any("keeps records longer than the 1 hours" in line for line in office.asked()[1])


def test_records_without_a_worker_are_a_warning(office: Office, at_broker: Topics) -> None:
    create(at_broker)
    asyncio.run(_send(at_broker.requests("echo"), 5))
    code, said = office.asked()
    [line] = [line for line in said if line.startswith("warn group")]
    assert line.endswith("0 worker(s), 5 record(s) wait")
    assert code == 0


async def _send(topic: str, count: int) -> None:
    async with AIOKafkaProducer(**KafkaSettings().client_options()) as producer:
        for number in range(count):
            await producer.send_and_wait(topic, b"%d" % number)


def test_nothing_that_listens_is_told_with_what_to_set(office: Office) -> None:
    office.told(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1, localhost:1")
    code, said = office.asked()
    assert code == 1
    assert said[:2] == [
        "fail broker: nothing listens at 127.0.0.1:1, localhost:1",
        "     -> start the broker, or set KAFKA_BOOTSTRAP_SERVERS to where it is",
    ]


def test_a_broker_that_sends_us_to_nowhere_is_told(office: Office, new_broker: NewBroker) -> None:
    broker = new_broker()
    broker.overrides["advertised.listeners"] = "PLAINTEXT://127.0.0.1:2"
    broker.start()
    office.told(KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap)
    said = office.asked()[1]
    assert "fail broker: a broker calls itself 127.0.0.1:2: not reachable" in said


@pytest.mark.timeout(120)
def test_a_broker_that_hangs_does_not_hang_the_doctor(
    office: Office, new_broker: NewBroker
) -> None:
    broker = new_broker()
    broker.start()
    office.told(KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap)
    broker.freeze()
    started = time.monotonic()
    code, said = office.asked()
    assert (code, time.monotonic() - started < 60) == (1, True)
    assert any(line.startswith("fail login: we are not let in") for line in said)


def test_a_setting_that_is_nearly_one_is_told(office: Office) -> None:
    office.told(KAFKA_BOOTSTRAP_SERVER="elsewhere:9092", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    said = office.asked()[1]
    assert said[:2] == [
        "warn settings: nothing reads KAFKA_BOOTSTRAP_SERVER",
        "     -> did you mean KAFKA_BOOTSTRAP_SERVERS?",
    ]


def test_settings_that_disagree_are_told_and_no_secret_is_shown(office: Office) -> None:
    office.told(KAFKA_SASL_PASSWORD="hush", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert office.asked()[1][0].startswith("fail settings: KAFKA_SASL_* is set")
    office.told(KAFKA_SASL_USERNAME="me", KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT")
    said = office.asked()[1]
    assert "  environment KAFKA_SASL_PASSWORD=********" in said
    assert "hush" not in "".join(said)


def test_a_lane_that_nobody_knows_is_told_with_those_that_there_are(office: Office) -> None:
    code, said = office.asked("nonesuch")
    assert code == 1
    assert "no lane is called 'nonesuch'; there are:" in said[0]


def test_a_lane_that_does_not_open_is_told_with_the_reason(office: Office) -> None:
    office.told(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1", PYTHONPATH="/nowhere")
    said = office.asked()[1]
    assert any(line.startswith("fail lane echo: does not open:") for line in said)
