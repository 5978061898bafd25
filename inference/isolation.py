"""The isolation step: whatever one item does, the others of its batch are answered."""

import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from inference.contract import Reason, Rejection
from inference.errors import Fatal, Transient, Unavailable

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Step = Callable[[Sequence[Item]], Awaitable[Sequence[Outcome | Rejection]]]

ATTEMPTS = 3

log = structlog.get_logger(__name__)


async def isolate(
    stage: str, step: Step[Item, Outcome], items: Sequence[Item]
) -> list[Outcome | Rejection]:
    """One outcome per item, in order: a failing batch is halved until its culprit stands alone.

    A step that raises Transient has been tried often enough, and no item is the culprit.
    """
    failure = None
    for attempt in range(1, (1 if len(items) > 1 else ATTEMPTS) + 1):
        try:
            outcomes = await step(items)
            return _paired(outcomes, items)
        except (Unavailable, Fatal):
            raise
        except Transient as error:
            return [_rejection(stage, error, Reason.EXHAUSTED, error.attempts)] * len(items)
        except Exception as error:  # noqa: BLE001 - the one place where whatever an item does is caught
            failure = _rejection(stage, error, Reason.DEFECT, attempt)
    if failure is not None and len(items) == 1:
        return [failure]
    middle = len(items) // 2
    first = await isolate(stage, step, items[:middle])
    return first + await isolate(stage, step, items[middle:])


def _paired(
    outcomes: Sequence[Outcome | Rejection], items: Sequence[Item]
) -> list[Outcome | Rejection]:
    if len(outcomes) != len(items):
        message = f"{len(items)} items went in, {len(outcomes)} outcomes came out"
        raise ValueError(message)
    return list(outcomes)


def _rejection(stage: str, error: Exception, reason: Reason, attempts: int) -> Rejection:
    """The place of a failure and its type; its message may quote the item, so it is left out."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    log.warning("step failed", stage=stage, error=name, place=f"{frame.name}:{frame.lineno}")
    return Rejection(reason, stage, f"{name} in {stage}", attempts)
