"""One provider, called: each call admitted, sent, understood and paid for, and tried again."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import httpx
import structlog
from pydantic import SecretStr

from inference import metrics
from inference.engines.external_ai.faults import Lasting, Outcome, Passing, Unfit
from inference.engines.external_ai.limits.admission import Admission, Admitted
from inference.engines.external_ai.prices import MILLION, Meter, Tokens
from inference.engines.external_ai.statuses import fault
from inference.engines.external_ai.wire import Pool, Reply, exchange
from inference.retries import retried

Gain = TypeVar("Gain")

log = structlog.get_logger(__name__)

# What a lease outlives its call's deadline by, so that only those of the dead run out.
_MARGIN = 5.0
# So many times the most that a call can take is believed: one wrong count must not spend a day.
_TIMES = 10


class Provider(NamedTuple):
    """Who is called."""

    name: str
    address: httpx.URL
    key: SecretStr | None

    @property
    def account(self) -> str:
        """Under which its limits are counted."""
        return f"{self.name}@{self.address.host}"


class Patience(NamedTuple):
    """How often a call is made, and how long each may take."""

    attempts: int = 4
    call: float = 15.0
    timeout: None = None


class Errand(NamedTuple, Generic[Gain]):
    """What is asked, how long the answer may be in tokens, what it took, and what it says."""

    path: str
    document: Mapping[str, Any]
    output: int
    usage: Callable[[Any], Tokens | None]
    read: Callable[[Any], Gain]


class Answer(NamedTuple, Generic[Gain]):
    """What was said, and what that took."""

    said: Gain
    tokens: Tokens | None
    cost: float | None


class Caller:
    """Raises `Passing`, `Lasting` or `Unfit` where there is no answer; rests after a `Lasting`."""

    def __init__(
        self,
        provider: Provider,
        pool: Pool,
        admission: Admission,
        meter: Meter,
        patience: Patience,
    ) -> None:
        self.provider, self._pool, self._admission = provider, pool, admission
        self._meter, self._patience = meter, patience
        self._rests, self._why = 0.0, ""
        self._seconds = metrics.AI_SECONDS.labels(provider.name)
        self._urls: dict[str, httpx.URL] = {}

    @property
    def trouble(self) -> str | None:
        """Why nobody is called at this moment, unless somebody is."""
        return self._why if time.monotonic() < self._rests else None

    async def call(self, errand: Errand[Gain], deadline: float) -> Answer[Gain]:
        """The answer, before the deadline (on the monotonic clock)."""
        body = json.dumps(errand.document, ensure_ascii=False).encode(errors="replace")
        try:
            return await retried(
                lambda: self._once(errand, body, deadline), self._patience, deadline
            )
        except Lasting as lasting:
            self._rest(lasting)
            raise

    def _rest(self, lasting: Lasting) -> None:
        if self.trouble is None:
            seconds = round(lasting.seconds)
            log.warning(
                "a provider is not called for a while",
                provider=self.provider.name,
                reason=str(lasting),
                seconds=seconds,
            )
        self._rests, self._why = time.monotonic() + lasting.seconds, str(lasting)

    async def _once(self, errand: Errand[Gain], body: bytes, deadline: float) -> Answer[Gain]:
        if self.trouble is not None:
            raise Lasting(None, self.trouble, self._rests - time.monotonic())
        need = self._meter.need(self.provider.account, len(body), errand.output)
        money = self._meter.micro(self._meter.likely(len(body), errand.output))
        hold = deadline - time.monotonic() + _MARGIN
        async with self._admission.admitted(need, money, deadline, hold) as call:
            return await self._made(errand, body, call, deadline)

    async def _made(
        self, errand: Errand[Gain], body: bytes, call: Admitted, deadline: float
    ) -> Answer[Gain]:
        started, outcome = time.monotonic(), Outcome.CANCELLED
        try:
            reply = await self._replied(errand.path, body, deadline - started)
            answer = self._understood(errand, body, call, reply)
            outcome = Outcome.ANSWERED
        except (Passing, Lasting, Unfit) as error:
            outcome = error.outcome or outcome
            if isinstance(error, Lasting) or (isinstance(error, Passing) and not error.begun):
                call.took(0, 0)
            raise
        finally:
            metrics.AI_CALLS.labels(self.provider.name, outcome).inc()
            self._seconds.observe(time.monotonic() - started)
        return answer

    async def _replied(self, path: str, body: bytes, left: float) -> Reply:
        if path not in self._urls:  # taking an address apart costs as much as sending to it
            whole = self.provider.address.path.rstrip("/") + path
            self._urls[path] = self.provider.address.copy_with(path=whole)
        answering = self._pool.post(self._urls[path], self._key, body)
        return await exchange(answering, min(self._patience.call, left))

    @property
    def _key(self) -> dict[str, str]:
        key = self.provider.key
        if key is None:
            return {}
        if self.provider.address.host.endswith(".azure.com"):
            return {"api-key": key.get_secret_value()}
        return {"authorization": f"Bearer {key.get_secret_value()}"}

    def _understood(
        self, errand: Errand[Gain], body: bytes, call: Admitted, reply: Reply
    ) -> Answer[Gain]:
        self._admission.heard(call, reply.headers)
        if reply.status != 200:  # noqa: PLR2004 - a status is known by its number
            call.took(0, 0)
            error = fault(reply)
            if isinstance(error, Passing) and error.outcome is Outcome.LIMITED:
                self._admission.hold(call, error.after)
            raise error
        document = reply.document()
        tokens = _believed(errand.usage(document), _TIMES * call.need.most)
        if tokens is not None:
            self._meter.learn(len(body), errand.output, tokens)
        self._paid(call, tokens or self._meter.likely(len(body), errand.output))
        return Answer(errand.read(document), tokens, tokens and self._meter.cost(tokens))

    def _paid(self, call: Admitted, took: Tokens) -> None:
        money, name = self._meter.micro(took), self.provider.name
        call.took(sum(took), money)
        metrics.AI_TOKENS.labels(name, "input").inc(took.input)
        metrics.AI_TOKENS.labels(name, "output").inc(took.output)
        metrics.AI_COST.labels(name).inc(money / MILLION)


def _believed(said: Tokens | None, most: int) -> Tokens | None:
    return said and Tokens(min(said.input, most), min(said.output, most))
