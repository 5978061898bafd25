import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from local.child import Child

STAYS = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
STARTER = f"""
import sys, time, pathlib
from local.child import Child
Child([sys.executable, "-c", {STAYS!r}], pathlib.Path(sys.argv[1]))
time.sleep(60)
"""


def until(condition: Callable[[], bool], limit: float = 10) -> bool:
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def there(pid: int) -> bool:
    asked = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    return asked.stdout.strip() != b"" and not asked.stdout.startswith(b"Z")


def spoken(log: Path) -> int:
    assert until(lambda: log.exists() and log.read_text().endswith("\n"))
    return int(log.read_text())


def test_a_child_dies_with_its_starter_even_if_that_one_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(log)])
    pid = spoken(log)
    assert there(pid)
    starter.kill()
    starter.wait()
    assert until(lambda: not there(pid))


def test_what_a_child_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    leaves = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STAYS!r}])"
    child = Child([sys.executable, "-c", leaves], log)
    pid = spoken(log)
    assert child.wait(10) == 0
    assert until(lambda: not there(pid))


def test_a_child_that_does_not_listen_is_ended_by_force(tmp_path: Path) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAYS}"
    child = Child([sys.executable, "-c", deaf], tmp_path / "log")
    spoken(tmp_path / "log")
    child.stop(0.2)
    assert child.code == -signal.SIGKILL


def test_a_child_gets_our_environment_and_what_differs(tmp_path: Path) -> None:
    ask = "import os; print(os.environ['HOME'], os.environ['PORT'])"
    assert Child([sys.executable, "-c", ask], tmp_path / "log", {"PORT": "17"}).wait(10) == 0
    assert (tmp_path / "log").read_text().split() == [os.environ["HOME"], "17"]
