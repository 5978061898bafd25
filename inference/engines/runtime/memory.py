"""How much memory this process holds."""

import sys
from pathlib import Path
from resource import RUSAGE_SELF, getpagesize, getrusage

STATM = Path("/proc/self/statm")
MIB = 1024 * 1024


def resident() -> int:
    """Bytes in memory now; where the system does not say, the most there ever were."""
    try:
        return int(STATM.read_text().split()[1]) * getpagesize()
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return getrusage(RUSAGE_SELF).ru_maxrss * unit
