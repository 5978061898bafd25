"""What calls cost: from tokens and a table of prices to money, and what a text may come to."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from inference.engines.external_ai.limits.ceilings import Need
from inference.errors import Misconfigured

MILLION = 1_000_000


class Price(BaseModel):
    """Of one model, in any one currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(0.0, ge=0, description="Per million tokens that go in.")
    output: float = Field(0.0, ge=0, description="Per million tokens that come out.")
    call: float = Field(0.0, ge=0, description="Per call.")


class Tokens(NamedTuple):
    """What a call took."""

    input: int
    output: int


def price(prices: Mapping[str, Price], model: str, *, needed: bool) -> Price:
    """The model's own, or that of `*`; with a budget of money there must be one."""
    found = prices.get(model) or prices.get("*")
    if found is None and needed:
        message = (
            f"AI_MONEY_PER_DAY needs the price of {model}: set AI_PRICES to "
            f'{{"{model}": {{"input": 0.15, "output": 0.60}}}}, per million tokens'
        )
        raise Misconfigured(message)
    return found or Price()


class Meter:
    """Measures texts in tokens: at the very most, and, learning from answers, in all likelihood.

    No tokenizer makes more tokens than there are bytes; how many fewer depends on the language.
    Of a provider that counts no tokens, they are not `counted`.
    """

    _learning = 0.1

    def __init__(self, price: Price, *, counted: bool = True) -> None:
        self._price, self._counted = price, counted
        self._per_byte, self._share = 0.4, 0.5

    def need(self, provider: str, size: int, output: int) -> Need:
        """Of a call with so many bytes, which may be answered with so many tokens."""
        most = Tokens(size, output) if self._counted else Tokens(0, 0)
        return Need(provider, sum(self.likely(size, output)), sum(most), self.micro(most))

    def likely(self, size: int, output: int) -> Tokens:
        """What such a call usually takes."""
        if not self._counted:
            return Tokens(0, 0)
        return Tokens(round(size * self._per_byte), round(output * self._share))

    def micro(self, took: Tokens) -> int:
        """Its cost in millionths."""
        of_tokens = took.input * self._price.input + took.output * self._price.output
        return round(of_tokens + self._price.call * MILLION)

    def cost(self, took: Tokens) -> float | None:
        """Its cost, where there is a price."""
        return self.micro(took) / MILLION if self._price != Price() else None

    def learn(self, size: int, output: int, took: Tokens) -> None:
        """What a call took in truth."""
        if not self._counted:
            return
        self._per_byte += self._learning * (took.input / size - self._per_byte)
        self._share += self._learning * (took.output / output - self._share)
