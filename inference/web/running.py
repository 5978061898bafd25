"""How a program begins, and how it is asked to end."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from inference.errors import Misconfigured

T = TypeVar("T")
S = TypeVar("S", bound=BaseSettings)


def built(kind: type[S]) -> S:
    """The settings of this kind, or one line that names the wrong ones and never their values."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        faults = [
            f"{prefix}{'_'.join(str(step) for step in fault['loc'])}".upper() + f": {fault['msg']}"
            for fault in error.errors(include_input=False)
        ]
        raise Misconfigured("; ".join(faults)) from error


def run(program: Coroutine[Any, Any, T]) -> T:
    """Run a program to its end, on uvloop where there is one."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(program)


async def until_stopped() -> None:
    """Returns at the first SIGTERM or SIGINT."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        loop.add_signal_handler(number, asked.set)
    try:
        await asked.wait()
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory
