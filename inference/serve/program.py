"""The HTTP side of inference as a program."""

from collections.abc import Mapping

import structlog

from inference.kafka import Topics
from inference.serve.api import create_api
from inference.settings import ServeSettings
from inference.web.lanes import contracts
from inference.web.running import until_stopped
from inference.web.serving import serving

log = structlog.get_logger(__name__)


async def serve(topics: Topics, settings: ServeSettings) -> None:
    """Answers over HTTP until it is asked to stop."""
    app = create_api(contracts(topics), topics, _well, _well)
    async with serving(app, settings.host, settings.port) as port:
        log.info("listening", host=settings.host, port=port)
        await until_stopped()


def _well() -> Mapping[str, str | None]:
    """The loop turns, since this is answered."""
    return {"loop": None}
