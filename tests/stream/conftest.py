import pytest

from inference.stream import publisher


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A publisher that was refused tries again without a pause."""
    monkeypatch.setattr(publisher, "PAUSES", (0.0,))
