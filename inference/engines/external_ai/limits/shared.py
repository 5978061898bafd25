"""The account of all replicas: in Redis, one script for each step, by Redis's clock."""

import itertools
import uuid
from pathlib import Path

from redis.asyncio import Redis

from inference.engines.external_ai.limits.ceilings import (
    Bill,
    Ceilings,
    Left,
    Need,
    Pace,
    Verdict,
    Word,
)

# A lease that does not exist: what was spent without one is told by settling it.
UNLEASED = "none:0:0"
_MICRO = 1_000_000
_PREFIX = "{penstock:ai}"


class Shared:
    """Raises one of Redis' faults where that does not answer."""

    def __init__(self, client: Redis, ceilings: Ceilings) -> None:
        self._ceilings = ceilings
        self._paces = ceilings.paces
        self._me = uuid.uuid4().hex
        self._names = (f"{self._me}-{number}" for number in itertools.count(1))
        self._take = client.register_script(_script("take"))
        self._settle = client.register_script(_script("settle"))

    async def take(self, need: Need, patience: float, hold: float) -> Verdict:
        """Granted, unless something is used up."""
        name, ceilings = next(self._names), self._ceilings
        args: list[str | int | float] = [name, self._me]
        args += [-1 if limit is None else limit for limit in ceilings[2:]]
        args += [need.likely, need.most, need.money, _micro(max(0.0, patience)), _micro(hold)]
        args += [part for pace in self._paces for part in _parts(pace)]
        told = await self._take(keys=_keys(need.provider), args=args)
        word, wait, kind, tokens, money, replicas = told
        return Verdict(
            Word(word.decode()),
            int(wait) / _MICRO,
            kind.decode(),
            f"{name}:{need.most}:{need.money}",
            Left(_known(tokens), _known(money)),
            int(replicas),
        )

    async def settle(self, bill: Bill) -> None:
        """What was not used is given back, or what was spent without a lease is told."""
        requests, tokens = self._paces
        unused = 0.0 if bill.begun else -requests.each
        moved = (bill.tokens - bill.need.likely) * tokens.each
        times = [_micro(seconds) for seconds in (unused, moved, bill.pause)]
        args: list[str | int | float] = [bill.grant, bill.tokens, bill.money, *times]
        await self._settle(keys=_keys(bill.need.provider)[:3], args=args)


def _script(name: str) -> str:
    return Path(__file__).with_name(f"{name}.lua").read_text(encoding="utf-8")


def _keys(provider: str) -> list[str]:
    """One key slot for all, as a cluster wants it."""
    kinds = ("rates", "leases", "replicas")
    rates, leases, replicas = (f"{_PREFIX}:{kind}:{provider}" for kind in kinds)
    return [rates, leases, f"{_PREFIX}:budget", replicas]


def _micro(seconds: float) -> int:
    return round(seconds * _MICRO)


def _parts(pace: Pace) -> tuple[float, float]:
    return pace.each * _MICRO, pace.depth * _MICRO


def _known(left: bytes) -> int | None:
    return None if int(left) < 0 else int(left)
