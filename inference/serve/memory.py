"""Memory that a large body took goes back to the system as soon as it is let go of.

glibc's malloc would learn from the first of them to take such pieces out of a heap that it keeps,
and that has holes: after a flood, a process stays as large as it has ever been, and then grows.
"""

import ctypes

MMAP_THRESHOLD = -3  # its number in malloc.h
LARGE = 1024 * 1024


def give_back_large_pieces() -> bool:
    """From now on; False where there is no glibc."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(MMAP_THRESHOLD, LARGE))
