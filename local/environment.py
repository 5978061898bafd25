"""The locked Python environment under `.venv`."""

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from local import uv
from local.errors import SetupError
from local.places import ROOT
from local.speech import say

VENV = ROOT / ".venv"
STAMP = VENV / "penstock.json"  # inside, so that it goes when the environment goes


@dataclass(frozen=True)
class Wanted:
    """What an environment holds: whose lock, which build of the engine, and whether tests run."""

    lock: str
    extra: str
    dev: bool

    def served_by(self, there: "Wanted | None") -> bool:
        """Whether an environment that is there will do: one for tests does for running, too."""
        if there is None or (there.lock, there.extra) != (self.lock, self.extra):
            return False
        return there.dev or not self.dev


def ready(extra: str, *, dev: bool) -> None:
    """Make `.venv` what the lock file says; at once where it is so already."""
    # What tests need stays once it is there, so that runs and tests do not undo each other.
    wanted = Wanted(lock(), extra, dev or (VENV / "bin" / "pytest").exists())
    if not wanted.served_by(standing(STAMP)):
        _sync(wanted)
        STAMP.write_text(json.dumps(asdict(wanted)))


def lock() -> str:
    """What the environment depends on, as a digest."""
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def standing(stamp: Path) -> Wanted | None:
    """What was installed last; None where that is not known."""
    try:
        return Wanted(**json.loads(stamp.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _sync(wanted: Wanted) -> None:
    say(f"Installing the locked environment into {VENV}")
    STAMP.unlink(missing_ok=True)
    command = [uv.command(), "sync", "--locked", "--extra", wanted.extra]
    command += [] if wanted.dev else ["--no-dev"]
    command += [] if VENV.exists() else ["--python", sys.executable]
    if subprocess.call(command, cwd=ROOT):  # noqa: S603 - uv, which shows its own progress
        message = "the environment could not be installed; uv says above why"
        raise SetupError(message)
