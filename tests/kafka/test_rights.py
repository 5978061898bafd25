import asyncio

import pytest
from click.testing import CliRunner
from confluent_kafka.admin._acl import AclOperation
from guarded import PASSWORD, Guarded, allow

from inference import lanes
from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Protocol, Topics
from inference.security import Sasl
from inference.stream import topics
from inference.stream.commands import topics as command
from inference.stream.control import topics as control_topics

pytestmark = pytest.mark.kafka
pytest_plugins = ["doors"]
PLANS = topics.plan([lanes.contract("echo")], Topics())


def settings(guarded: Guarded, user: str) -> KafkaSettings:
    return KafkaSettings(
        bootstrap_servers=guarded.address("PASSWORD"),
        security_protocol=Protocol.SASL_PLAINTEXT,
        sasl=Sasl(username=user, password=PASSWORD),
    )


async def test_who_may_not_create_topics_is_told_which_to_ask_for(guarded: Guarded) -> None:
    missing = [plan._replace(name=f"other.{plan.name}") for plan in PLANS]
    with pytest.raises(Misconfigured, match="this user may not create") as raised:
        await topics.create(settings(guarded, "guest"), missing)
    for plan in missing:
        wanted = f"{plan.name} (24 partitions, max.message.bytes={plan.max_bytes})"
        assert wanted in str(raised.value)


async def test_reports_and_commands_without_a_right_to_their_topics_are_no_failure(
    guarded: Guarded,
) -> None:
    plans = control_topics.plan(Topics(status_topic="other.status", control_topic="other.control"))
    made = await control_topics.create(settings(guarded, "guest"), plans)
    assert {one.refused for one in made} == {"TopicAuthorizationFailedError"}


async def test_topics_that_an_operator_made_are_enough_for_who_may_not_create(
    guarded: Guarded,
) -> None:
    await topics.create(settings(guarded, "root"), PLANS)
    for plan in PLANS:
        allow(guarded, AclOperation.DESCRIBE, plan.name)
    async with asyncio.timeout(10):
        await topics.wait_for(settings(guarded, "guest"), [p.name for p in PLANS], lambda _: None)
    made = await topics.create(settings(guarded, "guest"), PLANS)
    assert (made.created, list(made.found)) == ([], [plan.name for plan in PLANS])
    assert made.too_small == []


def test_the_command_says_what_is_missing_in_one_line(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "KAFKA_BOOTSTRAP_SERVERS": guarded.address("PASSWORD"),
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_USERNAME": "guest",
        "KAFKA_SASL_PASSWORD": PASSWORD,
        "RESULTS_TOPIC": "elsewhere",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    ran = CliRunner().invoke(command, ["echo"])
    assert isinstance(ran.exception, Misconfigured)
    assert "elsewhere (24 partitions" in str(ran.exception)
