import os
import socket
from collections.abc import Iterator

import pytest

from local.holders import holder
from local.kafka import Broker
from local.ports import LOOPBACK, free_port, is_free
from local.settings import LocalSettings
from local.taken import next_free, taken


@pytest.fixture
def server() -> Iterator[int]:
    with socket.create_server((LOOPBACK, free_port())) as listening:
        yield listening.getsockname()[1]


def settings(**ports: int) -> LocalSettings:
    free = {f"{name}_port": free_port() for name in ("kafka", "inference", "producer", "consumer")}
    return LocalSettings.model_validate(free | ports)


def test_the_holder_of_a_port_is_named(server: int) -> None:
    assert f"(process {os.getpid()})" in holder(server)


def test_a_taken_port_is_told_with_its_holder_and_the_setting_that_changes_it(server: int) -> None:
    (line,) = taken(settings(producer_port=server))
    assert line.startswith(f"port {server}, which the producer needs, is taken by ")
    assert f"process {os.getpid()}" in line
    assert f"PRODUCER_PORT={server + 10} make run" in line


def test_where_all_ports_are_free_nothing_is_said() -> None:
    assert list(taken(settings())) == []


def test_with_another_broker_kafkas_port_does_not_matter(server: int) -> None:
    there = settings(kafka_port=server)
    assert len(list(taken(there))) == 1
    elsewhere = {"kafka_bootstrap_servers": "kafka.example:9092"}
    assert list(taken(there.model_copy(update=elsewhere))) == []


@pytest.mark.kafka
def test_a_kafka_on_the_port_is_offered(broker: Broker) -> None:
    assert "KAFKA_BOOTSTRAP_SERVERS=" in list(taken(settings(kafka_port=broker.port)))[-1]


def test_workers_take_the_next_free_ports(server: int) -> None:
    first, second = next_free(server, 2, [server + 1])
    assert server + 1 < first < second
    assert is_free(first)


def test_ports_can_run_out() -> None:
    with pytest.raises(LookupError, match="METRICS_PORT=65535"):
        next_free(65535, 2, [])
