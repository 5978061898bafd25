import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.places import ROOT
from local.ports import LOOPBACK, free_port, is_free

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.usefixtures("kafka_here"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="reads the processes there are from /proc"),
]
PORTS = ("KAFKA_PORT", "INFERENCE_PORT", "PRODUCER_PORT", "CONSUMER_PORT", "METRICS_PORT")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Where this run is to happen; the folder also tells its processes from all others."""
    ports = {name: str(free_port()) for name in PORTS}
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "packages")))
    return ports | {"LOCAL_FOLDER": str(tmp_path / "state"), "SAMPLES": "4", "PYTHONPATH": paths}


@contextmanager
def running(environment: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m local`, its words kept in a file."""
    command = [sys.executable, "-m", "local"]
    passed = {k: v for k, v in os.environ.items() if k != "KAFKA_BOOTSTRAP_SERVERS"} | environment
    with output.open("wb") as kept:
        process = subprocess.Popen(command, cwd=ROOT, env=passed, stdout=kept, stderr=kept)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def left(environment: dict[str, str]) -> list[str]:
    """The processes of that run that are still there."""
    mark = f"LOCAL_FOLDER={environment['LOCAL_FOLDER']}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def await_words(words: str, output: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 240
    while words not in output.read_text():
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < end, output.read_text()
        time.sleep(0.1)


def test_everything_comes_up_answers_and_goes_down_again(
    environment: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    with running(environment, output) as process:
        await_words("Ctrl-C stops everything", output, process)
        assert len(left(environment)) > len(PORTS)
        process.send_signal(signal.SIGINT)
        assert process.wait(90) == 0
    said = output.read_text()
    assert "4 samples of image-classification, 4 of them answered" in said
    assert "started again" not in said
    assert left(environment) == []
    assert all(is_free(int(environment[name])) for name in PORTS)


def test_nothing_is_left_when_the_runner_itself_is_killed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    with running(environment, output) as process:
        await_words("ready", output, process)
        process.kill()
        process.wait()
    end = time.monotonic() + 20
    while left(environment) and time.monotonic() < end:
        time.sleep(0.1)
    assert left(environment) == []


def test_a_taken_port_is_said_in_one_line_and_nothing_is_started(
    environment: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    port = int(environment["CONSUMER_PORT"])
    with socket.create_server((LOOPBACK, port)), running(environment, output) as process:
        assert process.wait(60) == 1
    (line,) = output.read_text().splitlines()
    assert f"port {port}, which the consumer needs, is taken by" in line
    assert "CONSUMER_PORT=" in line
    assert left(environment) == []
