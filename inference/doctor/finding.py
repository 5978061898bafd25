"""What the doctor says: a line on each thing looked at, and what to do where it is not well."""

import asyncio
from collections.abc import Awaitable, Sequence
from enum import StrEnum
from typing import NamedTuple

from inference.stream.enquiries import UNANSWERED

LIMIT = 15.0


class Verdict(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One thing looked at; `advice` says what to do about it."""

    verdict: Verdict
    about: str
    said: str
    advice: str = ""


Findings = Sequence[Finding]


def ok(about: str, said: str) -> Finding:
    """It is well."""
    return Finding(Verdict.OK, about, said)


def warn(about: str, said: str, advice: str) -> Finding:
    """It works, and yet somebody should look."""
    return Finding(Verdict.WARN, about, said, advice)


def fail(about: str, said: str, advice: str) -> Finding:
    """It does not work like this."""
    return Finding(Verdict.FAIL, about, said, advice)


async def within(about: str, looking: Awaitable[Findings], limit: float = LIMIT) -> Findings:
    """What was found; that the broker gave no answer, or none in time, is a finding too."""
    try:
        async with asyncio.timeout(limit):
            return await looking
    except UNANSWERED as error:
        name = type(error).__name__
        return [fail(about, f"no answer ({name})", "look at the broker and at the way to it")]
