"""The producer as a process of its own, as people start it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTENING = re.compile(r'"port": (\d+)')


def environment(bootstrap: str, settings: Mapping[str, str]) -> dict[str, str]:
    """The echo lane, this broker, and no time to lose."""
    packages = f"{ROOT}{os.pathsep}{ROOT / 'tests/packages'}"
    named = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "ACKNOWLEDGE_TIMEOUT": "5"}
    return os.environ | {"PYTHONPATH": packages, "LOG_LEVEL": "INFO"} | named | dict(settings)


def send(
    *arguments: str, to: str, settings: Mapping[str, str] | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """One run of `producer send`, to its end."""
    command = [sys.executable, "-m", "producer", "send", *arguments]
    ended = subprocess.run(
        command,
        env=environment(to, settings or {}),
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    out, err = ended.stdout.decode(), ended.stderr.decode()
    return subprocess.CompletedProcess(command, ended.returncode, out, err)


class Server:
    """A running `producer serve`."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.url = process, f"http://127.0.0.1:{port}"

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(30)


@contextmanager
def serving(to: str, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`producer serve` on any port, until the block ends."""
    command = [sys.executable, "-m", "producer", "serve"]
    env = environment(to, {"PORT": "0"} | dict(settings or {}))
    with subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Server(process, _port(process))
        finally:
            process.kill()


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    for line in process.stderr:
        if found := LISTENING.search(line):
            return int(found.group(1))
    message = "the producer ended before it listened"
    raise AssertionError(message)
