"""Raises what existing topics take, where lanes that came later promise more."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from inference.errors import Misconfigured
from inference.stream.topics import MAX_BYTES, TopicPlan, limits

SET_FOR_THE_TOPIC = 1


async def raise_limits(admin: AIOKafkaAdminClient, plans: Iterable[TopicPlan]) -> list[str]:
    """The names of the topics whose limit was too small and is raised now; none is ever lowered."""
    wanted = {plan.name: plan.max_bytes for plan in plans}
    found = await limits(admin, list(wanted))
    small = [name for name, limit in found.items() if limit < wanted[name]]
    for name in small:
        await _raise(admin, name, wanted[name])
    return small


async def _raise(admin: AIOKafkaAdminClient, name: str, most: int) -> None:
    # The request replaces all that is set for a topic, so what is set is sent along.
    kept = await _settings(admin, name)
    configs = {**kept, MAX_BYTES: str(most)}
    resource = ConfigResource(ConfigResourceType.TOPIC, name, configs)
    for response in await admin.alter_configs([resource]):
        for code, _, _, _ in response.resources:
            if code:
                message = f"topic {name}: {MAX_BYTES} cannot be raised ({for_code(code).__name__})"
                raise Misconfigured(message)


async def _settings(admin: AIOKafkaAdminClient, name: str) -> dict[str, str]:
    """What is set for this topic itself; the broker's own defaults are left out."""
    [response] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    return {
        entry[0]: entry[1]
        for _, _, _, _, entries in response.resources
        for entry in entries
        if entry[3] == SET_FOR_THE_TOPIC
    }
