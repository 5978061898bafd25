from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from inference.stream.offsets import Offsets

PARTITIONS = [TopicPartition("requests", number) for number in range(2)]


class Loading:
    """A broker that has just restarted, as aiokafka's clients tell of it: no error, no offsets."""

    async def list_consumer_group_offsets(self, _group: str, partitions: Any = None) -> Any:  # noqa: ANN401, ARG002 - aiokafka has no types
        return {}

    async def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[Any, int]:
        return dict.fromkeys(partitions, 0)


async def test_a_group_does_not_begin_anew_because_its_coordinator_is_still_loading() -> None:
    offsets = Offsets(Loading(), Loading(), "group", 1.0)
    with pytest.raises(KafkaError):
        await offsets.read(PARTITIONS)
