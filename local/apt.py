"""Debian's and Ubuntu's packages, where we may install them."""

import os
import shutil
from collections.abc import Sequence

from local.places import LOGS
from local.speech import Progress, watched

LOG = LOGS / "apt.log"
COMMAND = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "--no-install-recommends")


def usable() -> bool:
    """Whether packages can be installed without asking for a password."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(what: str, choices: Sequence[Sequence[str]]) -> bool:
    """Install the first choice that this distribution has; tells whether one was installed."""
    progress = Progress(f"Installing {what} through apt-get (log: {LOG})")
    step = Steps()
    watched((*COMMAND, "update"), progress, step, LOG)
    for packages in choices:
        if watched((*COMMAND, "install", *packages), progress, step, LOG):
            progress.done(f"{what}: installed")
            return True
    progress.done(f"{what}: apt-get could not, see {LOG}")
    return False


class Steps:
    """Reads apt-get's output: how many packages came, and how many are set up."""

    def __init__(self) -> None:
        self.got = 0
        self.set_up = 0

    def __call__(self, line: str) -> str | None:
        """Where it stands after this line; None where the line says nothing new."""
        self.got += line.startswith("Get:")
        self.set_up += line.startswith("Setting up ")
        if line.startswith(("Get:", "Setting up ")):
            return f"{self.got} downloaded, {self.set_up} set up"
        return None
