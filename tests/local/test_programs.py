from pathlib import Path

import pytest

from inference.errors import Misconfigured
from local.page import tries
from local.program import Rank, programs
from local.settings import LocalSettings


def settings(**values: object) -> LocalSettings:
    return LocalSettings.model_validate({"local_folder": Path("state"), **values})


def test_every_process_is_told_its_port_and_the_broker() -> None:
    planned = list(programs(settings(), {"a": 9100, "b": 9101}, ["java"]))
    told = {program.name: dict(program.environment) for program in planned}
    assert list(told) == ["kafka", "consumer", "worker-a", "worker-b", "inference", "producer"]
    assert {env["KAFKA_BOOTSTRAP_SERVERS"] for env in told.values() if env} == {"127.0.0.1:9092"}
    assert told["worker-b"]["METRICS_PORT"] == "9101"
    assert told["producer"]["PORT"] == "8001"
    assert told["producer"]["CONSUMER_URL"] == "http://127.0.0.1:8002"


def test_with_another_broker_none_is_started() -> None:
    there = settings(kafka_bootstrap_servers="kafka.example:9092")
    planned = list(programs(there, {}, None))
    assert all(program.rank is not Rank.BROKER for program in planned)
    assert planned[0].environment["KAFKA_BOOTSTRAP_SERVERS"] == "kafka.example:9092"


def test_the_store_is_a_file_in_the_folder_unless_another_one_is_named() -> None:
    assert settings().store == f"sqlite:///{Path('state').resolve()}/store.db"
    assert settings(store_url="postgresql://there/db").store == "postgresql://there/db"


def test_two_programs_cannot_have_one_port() -> None:
    with pytest.raises(Misconfigured, match="must differ"):
        settings(producer_port=8002)


def test_what_to_try_names_the_broker_only_where_programs_would_not_find_it() -> None:
    assert "KAFKA" not in "".join(tries(settings(), "a"))
    assert tries(settings(kafka_port=9192), "a")[0].startswith("KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:")
