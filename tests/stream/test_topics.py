import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from inference import lanes
from inference.contract import Contract
from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Topics
from inference.stream import topics
from inference.stream.topics import TopicPlan
from local.kafka import Broker

Names = Callable[[str], str]
ECHO = lanes.contract("echo")
LARGE: Contract[Any, Any] = replace(ECHO, lane="large", max_bytes=5_000_000)
SENSITIVE: Contract[Any, Any] = replace(ECHO, lane="secret", sensitive=True)
KIB = 1024


def plans(
    contracts: Sequence[Contract[Any, Any]], settings: Topics | None = None
) -> Mapping[str, TopicPlan]:
    return {plan.name: plan for plan in topics.plan(contracts, settings or Topics())}


def own(names: Names) -> Topics:
    """Topics that no other test has."""
    return Topics(
        requests_topics={"echo": names("requests")},
        results_topic=names("results"),
        dead_letters_topic=names("dead"),
        topic_partitions=3,
    )


def test_each_lane_gets_a_topic_and_all_share_two() -> None:
    assert list(plans([ECHO, LARGE])) == [
        "echo.requests",
        "large.requests",
        "inference.results",
        "inference.dead-letters",
    ]


def test_a_request_topic_takes_the_largest_value_its_contract_allows() -> None:
    assert plans([LARGE])["large.requests"].max_bytes == 5_000_000 + 64 * KIB


def test_a_dead_letter_fits_whatever_topic_its_original_fitted() -> None:
    planned = plans([ECHO, LARGE])
    largest = planned["large.requests"].max_bytes
    assert planned["inference.dead-letters"].max_bytes == largest + 64 * KIB


def test_what_is_sensitive_is_kept_for_a_day_and_so_is_what_it_shares() -> None:
    day, week = "86400000", "604800000"
    planned = plans([ECHO, SENSITIVE])
    assert planned["secret.requests"].config["retention.ms"] == day
    assert planned["inference.results"].config["retention.ms"] == day
    assert planned["inference.dead-letters"].config["retention.ms"] == day
    assert planned["echo.requests"].config["retention.ms"] == week


def test_three_replicas_outlive_one_broker_without_losing_an_acknowledged_record() -> None:
    three, one = (plans([ECHO], Topics(topic_replication=n))["echo.requests"] for n in (3, 1))
    assert three.config["min.insync.replicas"] == "2"
    assert "min.insync.replicas" not in one.config


@pytest.mark.kafka
async def test_what_is_missing_is_created_and_what_is_there_is_left_alone(
    broker: Broker, names: Names
) -> None:
    kafka, settings = KafkaSettings(bootstrap_servers=broker.bootstrap), own(names)
    planned = topics.plan([ECHO], settings)
    first = await topics.create(kafka, planned[:1])
    second = await topics.create(kafka, planned)
    assert first.created == [planned[0].name]
    assert second.found == {planned[0].name: 3}
    assert second.created == [settings.results_topic, settings.dead_letters_topic]
    async with topics.open_admin(kafka) as admin:
        assert await topics.limits(admin, [p.name for p in planned]) == {
            p.name: p.max_bytes for p in planned
        }


@pytest.mark.kafka
async def test_a_topic_too_small_for_the_promise_is_named_with_what_it_needs(
    broker: Broker, names: Names
) -> None:
    kafka, settings = KafkaSettings(bootstrap_servers=broker.bootstrap), own(names)
    await topics.create(kafka, topics.plan([ECHO], settings))
    grown = [replace(ECHO, max_bytes=2_000_000)]
    made = await topics.create(kafka, topics.plan(grown, settings))
    assert [said.split(": ")[1] for said in made.too_small] == [
        "set its max.message.bytes to 2065536",
        "set its max.message.bytes to 2131072",
    ]


@pytest.mark.kafka
async def test_a_topic_that_no_broker_would_make_is_misconfigured(
    broker: Broker, names: Names
) -> None:
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
    impossible = own(names).model_copy(update={"topic_replication": 3})
    with pytest.raises(Misconfigured, match=r"cannot be created: .*replication"):
        await topics.create(kafka, topics.plan([ECHO], impossible))


@pytest.mark.kafka
async def test_waiting_names_what_is_missing_and_ends_when_it_is_there(
    broker: Broker, names: Names
) -> None:
    kafka, settings = KafkaSettings(bootstrap_servers=broker.bootstrap), own(names)
    planned = topics.plan([ECHO], settings)
    told: asyncio.Queue[str | None] = asyncio.Queue()
    wanted = [plan.name for plan in planned]
    waiting = asyncio.create_task(topics.wait_for(kafka, wanted, told.put_nowait))
    assert str(await told.get()).startswith(f"missing topics: {', '.join(wanted)};")
    await topics.create(kafka, planned)
    async with asyncio.timeout(10):
        await waiting
    assert [told.get_nowait() for _ in range(told.qsize())][-1] is None


async def test_waiting_says_that_no_broker_answers(names: Names) -> None:
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    told: asyncio.Queue[str | None] = asyncio.Queue()
    waiting = asyncio.create_task(topics.wait_for(kafka, [names("any")], told.put_nowait))
    assert await told.get() == "no broker answers at 127.0.0.1:1 (KafkaConnectionError)"
    waiting.cancel()
