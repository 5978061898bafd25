"""Many uploads at once, from a process of their own: run with the address and how many.

Prints for each answer its status and Retry-After.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator

from httpx import AsyncClient, Limits, Response

MIB = 1024 * 1024
BODY = b"x" * 5 * MIB


async def chunks() -> AsyncIterator[bytes]:
    for start in range(0, len(BODY), MIB):
        yield BODY[start : start + MIB]


async def uploaded(url: str, count: int) -> list[Response]:
    """Every fourth does not say how large it is."""
    limits = Limits(max_connections=count, max_keepalive_connections=0)
    async with AsyncClient(base_url=url, limits=limits, timeout=60) as client:
        contents = [BODY if number % 4 else chunks() for number in range(count)]
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(client.post("/thing", content=one)) for one in contents]
    return [task.result() for task in sent]


if __name__ == "__main__":
    answers = asyncio.run(uploaded(sys.argv[1], int(sys.argv[2])))
    print(json.dumps([[one.status_code, one.headers.get("retry-after")] for one in answers]))
