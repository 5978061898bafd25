"""The guarded service as a process that may not have more than so much memory.

Run as a program with the limit in bytes.
"""

import asyncio
import re
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LISTENING = re.compile(r"listening on (\d+)")


class Limited(NamedTuple):
    """A running one."""

    process: subprocess.Popen[str]
    url: str

    def peak(self) -> int:
        """The most bytes of memory that it has ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found.group(1)) * 1024


@contextmanager
def limited(most: int) -> Iterator[Limited]:
    """The service under this limit, until the block ends."""
    command = [sys.executable, __file__, str(most)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Limited(process, f"http://127.0.0.1:{_port(process.stdout)}")
        finally:
            process.kill()


def _port(said: Iterable[str]) -> int:
    for line in said:
        if found := LISTENING.search(line):
            return int(found.group(1))
    message = "the service ended before it listened"
    raise AssertionError(message)


async def serve() -> None:
    """Until it is killed."""
    from guarded_service import guarded_app  # noqa: PLC0415 - under the limit

    async with guarded_app() as (_, url):
        print(f"listening on {url.rpartition(':')[2]}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    from inference.web.running import run

    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    run(serve())
