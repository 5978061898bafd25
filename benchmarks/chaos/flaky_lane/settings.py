"""How often something fails, and by which chance."""

import random

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Faults(BaseSettings):
    """What goes wrong in one process; the same seed and the same runs give the same faults."""

    model_config = SettingsConfigDict(env_prefix="FLAKY_", frozen=True, extra="ignore")

    seed: str = Field("0", description="Where chance begins, different for every worker.")
    runs: float = Field(0.0, ge=0, le=1, description="The share of model runs that fails.")
    sends: float = Field(0.0, ge=0, le=1, description="The share of sends that fails.")

    def chances(self, of: str) -> random.Random:
        """A source of chance for one purpose."""
        return random.Random(f"{self.seed} {of}")
