"""What can be set about calls to providers of AI, whichever lane makes them."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from inference.engines.external_ai.limits.ceilings import Ceilings
from inference.engines.external_ai.prices import MILLION, Price
from inference.engines.external_ai.wire import Route


class AiSettings(BaseSettings):
    """How often, how long and for how much money providers of AI are called."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    ai_requests_per_minute: float | None = Field(
        None,
        gt=0,
        description="Most calls per minute to a provider, of all replicas together where REDIS_URL "
        "is set; none by default. What a provider announces is kept to in any case.",
    )
    ai_tokens_per_minute: float | None = Field(
        None, gt=0, description="Most tokens per minute, likewise."
    )
    ai_concurrency: int = Field(
        64, ge=1, le=2000, description="Most calls to a provider at once, likewise."
    )
    ai_tokens_per_day: int | None = Field(
        None,
        gt=0,
        description="Most tokens per day (UTC) of all providers together; when they are spent, the "
        "next rung answers.",
    )
    ai_money_per_day: float | None = Field(
        None, gt=0, description="Most money per day, likewise; needs AI_PRICES."
    )
    ai_prices: dict[str, Price] = Field(
        {},
        description='What models cost, per million tokens and per call: {"gpt-4o-mini": {"input": '
        '0.15, "output": 0.6}, "*": {"call": 0.001}}; `*` stands for every other model.',
    )
    ai_call_timeout: float = Field(
        15.0, gt=0, description="Seconds that one call may take in all, however slowly it answers."
    )
    ai_deadline: float = Field(
        30.0,
        gt=0,
        description="Seconds that an item gets on one provider's rung, waiting and trying again "
        "included; then the next rung answers. Less than ITEM_DEADLINE.",
    )
    ai_attempts: int = Field(
        4, ge=1, description="Most calls in place of one that failed and may be tried again."
    )
    ai_replicas: int = Field(
        1,
        ge=1,
        description="How many replicas share the limits, for as long as Redis could not be asked "
        "yet; afterwards the number that Redis has told.",
    )
    ai_proxy: SecretStr | None = Field(
        None, description="Proxy on the way to providers, http://host:port."
    )
    ai_ca_file: Path | None = Field(
        None,
        description="PEM file of authorities that are believed besides the public ones, for "
        "servers of one's own.",
    )
    redis_url: SecretStr | None = Field(
        None,
        description="Redis or Valkey in which replicas share limits and budgets; without it, each "
        "process has them for itself, and a day's budget since its start.",
    )

    @property
    def ceilings(self) -> Ceilings:
        """What must not be exceeded."""
        money = self.ai_money_per_day
        return Ceilings(
            self.ai_requests_per_minute,
            self.ai_tokens_per_minute,
            self.ai_concurrency,
            self.ai_tokens_per_day,
            None if money is None else round(money * MILLION),
        )

    @property
    def route(self) -> Route:
        """How to get to providers."""
        proxy = None if self.ai_proxy is None else self.ai_proxy.get_secret_value()
        return Route(self.ai_concurrency, proxy, self.ai_ca_file)
