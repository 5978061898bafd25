"""Where a lane is at work, and what a process must be told to find it."""

import os
from dataclasses import dataclass
from pathlib import Path

from inference.kafka import Topics

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answering:
    """Where an echo lane reads and writes."""

    bootstrap: str
    topics: Topics

    @property
    def requests(self) -> str:
        return self.topics.requests("echo")

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "REQUESTS_TOPICS": f'{{"echo": "{self.requests}"}}',
            "RESULTS_TOPIC": self.topics.results_topic,
            "DEAD_LETTERS_TOPIC": self.topics.dead_letters_topic,
            "KAFKA_GROUP": self.requests,
            "METRICS_PORT": "0",
            "WORKERS": "1",
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "packages"))),
        }
