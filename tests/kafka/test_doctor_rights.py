import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka.admin._acl import AclOperation
from guarded import PASSWORD, Guarded, allow

from inference import lanes
from inference.doctor.commands import doctor
from inference.kafka import KafkaSettings, Topics
from inference.stream import topics

pytestmark = pytest.mark.kafka
pytest_plugins = ["doors"]


@pytest.fixture
def guest(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The doctor is asked by somebody with a name and no rights."""
    asyncio.run(create(KafkaSettings(bootstrap_servers=guarded.address("PLAIN"))))
    values = {
        "PYTHONPATH": str(Path(__file__).parents[1] / "packages"),
        "KAFKA_BOOTSTRAP_SERVERS": guarded.address("PASSWORD"),
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_USERNAME": "guest",
        "KAFKA_SASL_PASSWORD": PASSWORD,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


async def create(root: KafkaSettings) -> None:
    planned = topics.plan([lanes.contract("echo")], Topics())
    await topics.create(root, planned)
    await topics.wait_for(root, [plan.name for plan in planned], lambda _: None)


def asked() -> list[str]:
    return CliRunner().invoke(doctor, ["echo"]).output.splitlines()


def test_who_may_see_nothing_is_told_so(guest: pytest.MonkeyPatch) -> None:
    guest.setenv("KAFKA_SASL_USERNAME", "nobody")
    said = asked()
    assert said[1].startswith("fail login: we are not let in:")
    assert "Authentication failed" in said[1]
    assert said[2].endswith(
        "compare KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_* with what the broker's listener asks for"
    )


def test_who_may_do_everything_is_told_so(guest: pytest.MonkeyPatch) -> None:
    guest.setenv("KAFKA_SASL_USERNAME", "root")
    said = asked()
    assert "ok   login: let in as root by PLAIN, not encrypted, 1 broker(s)" in said
    assert "ok   writing to inference.results: we may" in said


def test_who_may_only_look_is_told_which_rights_to_ask_for(
    guest: pytest.MonkeyPatch, guarded: Guarded
) -> None:
    del guest
    names = [plan.name for plan in topics.plan([lanes.contract("echo")], Topics())]
    for name in names:
        allow(guarded, AclOperation.DESCRIBE, name)
    asyncio.run(topics.wait_for(KafkaSettings(), names, lambda _: None))
    said = asked()
    assert said.count("     -> grant: Write on topic inference.results") == 1
    assert any(
        line.startswith("warn topic echo.requests: we may not see its limit") for line in said
    )
    assert (
        said.count("     -> grant: Read on topic echo.requests, Read on group penstock.echo") == 1
    )


def test_a_way_in_that_does_not_fit_the_listener_is_told(
    guest: pytest.MonkeyPatch, guarded: Guarded
) -> None:
    guest.setenv("KAFKA_BOOTSTRAP_SERVERS", guarded.address("TLS"))
    assert any(line.startswith("fail login: we are not let in:") for line in asked())
