"""`python3 -m local.setup` makes a fresh clone ready; where everything is there, it does nothing.

This module must be readable by any Python 3, so that an unfit one gets a sentence, no traceback.
"""

import shutil
import subprocess
import sys

FIT = ((3, 11), (3, 12), (3, 13))


def main() -> int:
    """Go on under a Python that fits, this one if it may be; else say what to do."""
    if sys.version_info[:2] in FIT:
        from local.preparation import main as go_on  # noqa: PLC0415 - an old Python cannot read it

        return go_on(sys.argv[1:])
    better = other()
    if better is not None:
        return subprocess.call([better, "-m", "local.setup", *sys.argv[1:]])  # noqa: S603 - found on the path
    sys.stderr.write(advice(sys.version_info[:2], sys.executable) + "\n")
    return 1


def advice(version: "tuple[int, int]", executable: str) -> str:
    """One line for a person whose Python does not fit."""
    return (
        f"Penstock needs Python 3.11, 3.12 or 3.13, and {executable} is {version[0]}.{version[1]}: "
        "install one of them, or name it: make run PYTHON=/path/to/python3.12"
    )


def other() -> "str | None":
    """Another Python of this machine that fits: tried, since a version switcher's may not run."""
    for major, minor in reversed(FIT):
        found = shutil.which(f"python{major}.{minor}")
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:  # noqa: S603 - found on the path
            return found
    return None


if __name__ == "__main__":
    sys.exit(main())
