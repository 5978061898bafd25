"""What the single broker on this machine is told."""

from collections.abc import Mapping
from pathlib import Path

from local.ports import LOOPBACK

MIB = 1024 * 1024


def properties(data: Path, port: int, controller: int) -> dict[str, str]:
    """A broker that is its own controller, small in memory and quick with consumer groups."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
        "log.dirs": str(data),
        # No topic comes into being by a typing mistake.
        "auto.create.topics.enable": "false",
        "message.max.bytes": str(6 * MIB),
        "replica.fetch.max.bytes": str(6 * MIB),
        "num.network.threads": "2",
        "num.io.threads": "2",
        "log.segment.bytes": str(16 * MIB),
        # The default of 128 MiB does not fit into a small heap.
        "log.cleaner.dedupe.buffer.size": str(2 * MIB),
        # Groups form at once, and tests may notice a dead member within a second.
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # After a kill, the node is let in again once its former life is known to have ended.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        **_internal_topics(),
    }


def _internal_topics() -> dict[str, str]:
    return {
        "offsets.topic.num.partitions": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
    }


def written(values: Mapping[str, str]) -> str:
    """The lines of a properties file; a backslash would begin an escape there."""
    return "".join(f"{key}={value}\n".replace("\\", "\\\\") for key, value in values.items())
