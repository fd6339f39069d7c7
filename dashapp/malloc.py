"""Memory that is no longer used goes back to the system, where the C library lets us ask for it.

By default glibc gives each thread an arena of its own and learns from large blocks to keep them:
a web worker that has once drawn large tables then holds their memory for ever.
"""

from __future__ import annotations

import ctypes
import gc

# malloc.h of glibc; other libraries know neither call nor numbers.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
# Blocks of this size, in bytes, are the system's again as soon as they are freed; smaller ones
# are what requests use over and over, up to columns of a million customers: to get each anew
# from the system takes three times as long as a chart of them. Set once, it no longer grows by
# itself; whatever is free goes back with :func:`trim`.
LARGE_BYTES = 10 * 1024 * 1024
ARENAS = 2


def tune() -> None:
    """Ask for few arenas, and for large blocks to be given back; call before threads start."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(M_TRIM_THRESHOLD, LARGE_BYTES)


def trim() -> None:
    """Collect what holds itself, such as drawn figures, and give back what is free.

    Takes some 50 ms, most of it for the collection.
    """
    gc.collect()
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)
