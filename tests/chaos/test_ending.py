import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from benchmarks.chaos.clients import Names
from benchmarks.chaos.crew import Crew
from benchmarks.chaos.plans import PRODUCT
from benchmarks.chaos.run import create, settings
from benchmarks.chaos.sending import send
from benchmarks.chaos.traffic import Traffic
from benchmarks.chaos.witness import Witness
from local.kafka import Broker

DRAIN = 20.0


@pytest.mark.kafka
def test_a_busy_worker_that_is_asked_to_end_needs_no_more_than_a_moment(
    new_broker: Callable[[], Broker], tmp_path: Path
) -> None:
    broker, names = new_broker(), Names()
    broker.start()
    create(broker.bootstrap, names)
    send(broker.bootstrap, names, Traffic(100_000, 8, "1", mixture={}), 0.0, Event())
    told = settings("echo", broker.bootstrap, names) | {"DRAIN_TIMEOUT": f"{DRAIN}"}
    crew = Crew(PRODUCT, told, "1", tmp_path)
    crew.start(1)
    wait_for_commits(Witness(broker.bootstrap, names))
    asked = time.monotonic()
    crew.end()
    assert [death.code for death in crew.deaths] == [0]
    assert time.monotonic() - asked < DRAIN / 2


def wait_for_commits(witness: Witness) -> None:
    """Until it is in the middle of its work."""
    end = time.monotonic() + 60
    while not any(sighting.committed for sighting in witness.sightings):
        assert time.monotonic() < end
        witness.look()
