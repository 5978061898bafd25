"""How long /health takes, as who watches a process sees it: `python -m benchmarks.probing PORT`.

On a new connection each time, again and again; says when it has begun, and when it is told to end,
how many milliseconds each took.
"""

import asyncio
import json
import signal
import sys
import time

PAUSE = 0.01
LIMIT = 10.0
ASKING = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def probe(port: int) -> float:
    """Milliseconds until it has said that it is well."""
    started = time.perf_counter()
    async with asyncio.timeout(LIMIT):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(ASKING)
        answer = await reader.read()
        writer.close()
    if b" 200 " not in answer.partition(b"\r\n")[0]:
        message = "/health says that something is wrong"
        raise ValueError(message)
    return 1000 * (time.perf_counter() - started)


async def watch(port: int) -> list[float]:
    """Until SIGTERM."""
    told, took = asyncio.Event(), [await probe(port)]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    print("begun", flush=True)
    while not told.is_set():
        took.append(await probe(port))
        await asyncio.sleep(PAUSE)
    return took


if __name__ == "__main__":
    print(json.dumps(asyncio.run(watch(int(sys.argv[1])))))
