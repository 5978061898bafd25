"""Who listens on a port of this machine, as far as we may see it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

LISTENING = "0A"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def holder(port: int) -> str:
    """`java (process 4711)`, or that it cannot be seen."""
    found = _through_proc(port) or _through_lsof(port)
    return found or "a process that this user cannot see"


def _through_proc(port: int) -> str | None:
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in Path("/proc").glob("[0-9]*") if sockets else ():
        if sockets & _open_files(process):
            return f"{_name(process)} (process {process.name})"
    return None


def _inodes(port: int) -> Iterator[str]:
    for table in TABLES:
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _open_files(process: Path) -> set[str]:
    try:
        return {str(link.readlink()) for link in (process / "fd").iterdir()}
    except OSError:  # another user's, or just ended
        return set()


def _name(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "a process"
    module = words[words.index("-m") + 1 :][:2] if "-m" in words else []
    return " ".join([Path(words[0]).name, *module])


def _through_lsof(port: int) -> str | None:
    command = shutil.which("lsof")
    if command is None:
        return None
    asked = [command, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on the path
    found = re.search(r"^p(\d+)\nc(.+)$", said, re.MULTILINE)
    return f"{found.group(2)} (process {found.group(1)})" if found else None
