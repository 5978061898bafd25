"""Clients on librdkafka, so that the witness shares nothing with what it watches."""

from typing import NamedTuple

from confluent_kafka import Consumer, Producer

QUIET = {"log_level": 0}


class Names(NamedTuple):
    """The topics of a run and their partitions; counts that do not divide one another tell most."""

    requests: str = "chaos.requests"
    results: str = "chaos.results"
    dead_letters: str = "chaos.dead-letters"
    group: str = "chaos"

    @property
    def partitions(self) -> dict[str, int]:
        """How many each topic has."""
        return {self.requests: 8, self.results: 5, self.dead_letters: 3}


def producer(bootstrap: str) -> Producer:
    """One that never gives up and never doubles."""
    return Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "message.timeout.ms": 0,
            "linger.ms": 5,
            **QUIET,
        }
    )


def member(bootstrap: str, group: str) -> Consumer:
    """One that reads committed records, and knows where its group stands."""
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            **QUIET,
        }
    )
