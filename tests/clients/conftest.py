import asyncio
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
from answering import ROOT, Answering

from inference import lanes
from inference.kafka import KafkaSettings, Topics
from inference.stream import topics
from local.kafka import Broker

STOP_LIMIT = 40


@pytest.fixture(scope="module")
def answering(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    """A worker of the echo lane on topics of its own, for the tests of one file."""
    mark = uuid.uuid4().hex[:8]
    own = Topics(
        requests_topics={"echo": f"{mark}.requests"},
        results_topic=f"{mark}.results",
        dead_letters_topic=f"{mark}.dead-letters",
        topic_partitions=2,
    )
    planned = topics.plan([lanes.contract("echo")], own)
    asyncio.run(topics.create(KafkaSettings(bootstrap_servers=broker.bootstrap), planned))
    at_work = Answering(broker.bootstrap, own)
    with (tmp_path_factory.mktemp("worker") / "log").open("wb") as log:
        command = [sys.executable, "-m", "inference", "work", "echo"]
        environment = at_work.environment()
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield at_work
        finally:
            worker.terminate()
            worker.wait(STOP_LIMIT)
