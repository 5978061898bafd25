"""How the consumer is: what its tasks find wrong, for those who ask over HTTP."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Condition:
    """None where all is well, else one sentence."""

    stuck_after: float
    broker: str | None = "not connected yet"
    topics: str | None = None
    store: str | None = "not open yet"
    _writing_since: float | None = field(default=None, init=False)

    def ready(self) -> Mapping[str, str | None]:
        """Whether results are stored and can be asked for."""
        return {"broker": self.broker, "topics": self.topics, "store": self.store}

    def live(self) -> Mapping[str, str | None]:
        """Whether a restart would help: it does if a write hangs, not if somebody is away."""
        since = self._writing_since
        age = 0.0 if since is None else time.monotonic() - since
        return {
            "writer": f"a batch has been at the store for {age:.0f} s"
            if age > self.stuck_after
            else None
        }

    def miss(self, topics: Iterable[str]) -> None:
        """The broker answers, and these topics are not there."""
        names = ", ".join(sorted(topics))
        self.broker = None
        self.topics = (
            f"missing topics: {names}; `python -m inference topics` creates them" if names else None
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While a batch is at the store."""
        self._writing_since = time.monotonic()
        try:
            yield
        finally:
            self._writing_since = None
