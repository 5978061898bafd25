"""A provider that takes 300 ms +- 200, fails now and then, and says what it took itself."""

import asyncio
import json
import random
import sys
import time
from contextlib import suppress

import uvloop

LEAST, MOST = 0.1, 0.5
FINDINGS = {
    "sentiment": "positive",
    "sentiment_score": 0.7,
    "confidence": 0.9,
    "summary": "Sales rose by a tenth in spring.",
    "keywords": ["sales", "company"],
    "category": "business",
    "entities": [],
}
USAGE = {"prompt_tokens": 700, "completion_tokens": 90}
FAILED = b"HTTP/1.1 503 Told\r\ncontent-length: 2\r\n\r\n{}"


class Provider:
    """Fails in this share of its answers, as often at every run."""

    def __init__(self, failing: float) -> None:
        self._failing, self._chance = failing, random.Random(7)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection's questions."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                started = time.perf_counter()
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
                await reader.readexactly(int(length))
                await asyncio.sleep(self._chance.uniform(LEAST, MOST))
                fails = self._chance.random() < self._failing
                writer.write(FAILED if fails else _answer(time.perf_counter() - started))
                await writer.drain()
        writer.close()


def _answer(took: float) -> bytes:
    """The model's name is what this answer took: whoever asked subtracts it."""
    message = {"role": "assistant", "content": json.dumps(FINDINGS)}
    choices = [{"message": message, "finish_reason": "stop"}]
    body = json.dumps({"model": f"{took:.6f}", "choices": choices, "usage": USAGE}).encode()
    return b"HTTP/1.1 200 Told\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


async def main(port: int, failing: float) -> None:
    """Serves until it is ended."""
    server = await asyncio.start_server(Provider(failing).serve, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), float(sys.argv[2])))
