"""Those of the echo lane."""

from echo_lane.samples import samples

__all__ = ["samples"]
