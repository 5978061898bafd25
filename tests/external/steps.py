"""What a provider may do to a request."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from scripted import GOOD, Asked, Reply, Step

USAGE = {"prompt_tokens": 300, "completion_tokens": 60}


def completed(
    content: object = GOOD,
    *,
    finish: str = "stop",
    usage: Mapping[str, int] | None = USAGE,
    **said: object,
) -> Reply:
    """A chat completion."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text, **said}
    document: dict[str, Any] = {
        "model": "small-2026",
        "choices": [{"message": message, "finish_reason": finish}],
    }
    return Reply(document=document | ({"usage": dict(usage)} if usage else {}))


def gives(reply: Reply) -> Step:
    async def step(_: Asked, __: asyncio.StreamWriter) -> Reply:
        return reply

    return step


def answers(content: object = GOOD, **how: Any) -> Step:  # noqa: ANN401 - as completed takes it
    return gives(completed(content, **how))


def after(seconds: float, reply: Reply | None = None) -> Step:
    async def step(_: Asked, __: asyncio.StreamWriter) -> Reply:
        await asyncio.sleep(seconds)
        return reply or completed()

    return step


def refuses(status: int, headers: Mapping[str, str] | None = None, **error: object) -> Step:
    return gives(Reply(status, {"error": {"message": "no", **error}}, dict(headers or {})))


async def hangs(_: Asked, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drips(_: Asked, writer: asyncio.StreamWriter) -> None:
    """A byte at a time, none of them late, for ever."""
    writer.write(b"HTTP/1.1 200 Told\r\ncontent-length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def halves(_: Asked, writer: asyncio.StreamWriter) -> None:
    """The connection ends in the middle of the body."""
    whole = completed().bytes
    writer.write(whole[: len(whole) - 60])
    await writer.drain()


async def resets(_: Asked, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
