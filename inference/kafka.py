"""How to reach the broker and what the topics are called: settings of all three programs."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from inference.contract import A, Contract, Q
from inference.errors import Misconfigured
from inference.security import Sasl, Tls


class Protocol(StrEnum):
    """Whether the way to the broker is encrypted, and whether we say who we are."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"


ENCRYPTED = frozenset({Protocol.SSL, Protocol.SASL_SSL})
NAMED = frozenset({Protocol.SASL_PLAINTEXT, Protocol.SASL_SSL})


class KafkaSettings(BaseSettings):
    """The broker."""

    model_config = SettingsConfigDict(
        env_prefix="KAFKA_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    bootstrap_servers: str = Field(
        "127.0.0.1:9092", description="Brokers to ask first, host:port, separated by commas."
    )
    security_protocol: Protocol = Field(
        Protocol.PLAINTEXT, description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    tls: Tls = Field(default_factory=Tls)
    sasl: Sasl = Field(default_factory=Sasl)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """A protection without effect is a mistake: better ended here than gone on unprotected."""
        if self.tls.wanted and self.security_protocol not in ENCRYPTED:
            message = "KAFKA_SSL_* is set: set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL"
            raise Misconfigured(message)
        if self.sasl.wanted and self.security_protocol not in NAMED:
            message = "KAFKA_SASL_* is set: set KAFKA_SECURITY_PROTOCOL to SASL_SSL"
            raise Misconfigured(message)
        return self

    @property
    def chosen(self) -> bool:
        """Somebody has said where the broker is."""
        return "bootstrap_servers" in self.model_fields_set and bool(self.bootstrap_servers)

    def client_options(self) -> dict[str, Any]:
        """Arguments of every aiokafka client; raises Misconfigured where these are not enough."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": self.security_protocol.value,
        }
        if self.security_protocol in ENCRYPTED:
            options["ssl_context"] = self.tls.context()
        if self.security_protocol in NAMED:
            options |= self.sasl.options()
        return options


class Topics(BaseSettings):
    """The names of the topics, and how they are created where they are missing."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    requests_topics: dict[str, str] = Field(
        default_factory=dict,
        description='Input topics that are not called <lane>.requests, as JSON: {"lane": "topic"}.',
    )
    results_topic: str = Field("inference.results", description="Where results of all lanes go.")
    dead_letters_topic: str = Field(
        "inference.dead-letters", description="Where records without an answer go."
    )
    bursts_topics: dict[str, str] = Field(
        default_factory=dict,
        description="Topics of bursts that are not called as their lane calls them, as JSON: "
        '{"news-analysis": "news.trends"}.',
    )
    max_bytes: dict[str, int] = Field(
        default_factory=dict,
        description="Largest value that a lane takes, where its own limit does not fit, as JSON: "
        '{"lane": bytes}. The topics must take as much.',
    )
    status_topic: str = Field(
        "inference.status", description="Where every process reports how it is; compacted."
    )
    control_topic: str = Field(
        "inference.control", description="Where every process is told what to do."
    )
    topic_partitions: int = Field(
        24, ge=1, description="Partitions of a topic that Penstock creates."
    )
    topic_replication: int = Field(
        1,
        ge=1,
        description="Replicas of a topic that Penstock creates; 3 where there are 3 brokers.",
    )
    topic_retention_hours: float = Field(
        168, gt=0, description="Hours that requests and results are kept in Kafka."
    )
    topic_retention_hours_dead_letters: float = Field(
        336, gt=0, description="Hours that dead letters are kept in Kafka."
    )
    topic_retention_hours_sensitive: float = Field(
        24,
        gt=0,
        description="Hours at most for topics of lanes that handle sensitive data, and for the "
        "topics that such a lane shares.",
    )

    def bounded(self, contract: Contract[Q, A]) -> Contract[Q, A]:
        """The contract with the largest value that is set for its lane, if one is."""
        return replace(contract, max_bytes=self.max_bytes.get(contract.lane, contract.max_bytes))

    def requests(self, lane: str) -> str:
        """The topic that a lane reads."""
        return self.requests_topics.get(lane, f"{lane}.requests")

    def bursts(self, lane: str, name: str) -> str:
        """The topic that a lane's bursts go to; `name` is what the lane itself calls it."""
        return self.bursts_topics.get(lane, name)

    def retention(self, lanes: Iterable[Contract[Any, Any]], hours: float | None = None) -> float:
        """Hours that a topic of these lanes is kept; a sensitive one among them shortens it."""
        wanted = hours or self.topic_retention_hours
        if any(contract.sensitive for contract in lanes):
            return min(wanted, self.topic_retention_hours_sensitive)
        return wanted
