"""Runs a command that cannot outlive the process that started it, however that one ends.

The starter holds the writing end of our standard input and never writes. When the starter is gone,
even by SIGKILL, the system closes that end; a forked watcher sees it and kills the command's group.
Unlike PR_SET_PDEATHSIG this works on macOS too, and does not fire when only a thread has ended.
"""

import os
import signal
import sys


def main(command: list[str]) -> None:
    """Become the command; leave a watcher behind."""
    leader = os.getpid()
    if os.fork() == 0:
        _watch(leader)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.execvp(command[0], command)  # noqa: S606 - the command is ours, and no shell reads it


def _watch(leader: int) -> None:
    """Wait, holding none of the command's outputs, until the starter is gone or lets go."""
    for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)
    os.close(1)
    os.close(2)
    os.read(0, 1)
    os.killpg(leader, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
