"""The producer's HTTP side as a process: serves until it is asked to end, then flushes."""

import structlog

from inference.kafka import KafkaSettings, Topics
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings
from inference.web.lanes import contracts
from inference.web.running import until_stopped
from inference.web.serving import serving
from producer.api import create_api
from producer.intake import Intake
from producer.publish import publishing
from producer.settings import ProducerSettings

log = structlog.get_logger(__name__)

# Requests that are open at the end may wait for the broker, and then still have to be answered.
ANSWERING = 5.0


async def serve(
    kafka: KafkaSettings, topics: Topics, settings: ProducerSettings, guarding: GuardSettings
) -> None:
    """Returns after SIGTERM or SIGINT, when every open request is answered."""
    guard = Guard(guarding, settings.host)
    found = contracts(topics)
    most = max((contract.max_bytes for contract in found.values()), default=0)
    names = [topics.requests(lane) for lane in found]
    limit = settings.acknowledge_timeout
    async with publishing(kafka, names, most, limit) as publisher:
        app = create_api(Intake(publisher, topics), found, settings, publisher.live, guard)
        async with serving(app, settings.host, settings.port, grace=limit + ANSWERING) as port:
            log.info("listening", host=settings.host, port=port, lanes=list(found))
            await until_stopped()
            log.info("ending")
