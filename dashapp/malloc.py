"""Return unused memory to the system, where the C library supports it.

By default, glibc gives each thread its own arena and keeps large blocks once they were used: a web
worker that has drawn large tables then holds their memory forever.
"""

from __future__ import annotations

import ctypes
import gc

# From glibc's malloc.h; other libraries have neither the call nor these numbers.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
# Blocks of this size, in bytes, return to the system as soon as they are freed. Requests reuse
# smaller ones constantly, up to columns of a million customers: getting each anew from the system
# takes three times as long as a chart of them. Once set, the threshold no longer grows by itself;
# all free memory is returned by :func:`trim`.
LARGE_BYTES = 10 * 1024 * 1024
ARENAS = 2


def tune() -> None:
    """Use few arenas, and return large blocks when freed; call before threads start."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(M_TRIM_THRESHOLD, LARGE_BYTES)


def trim() -> None:
    """Collect reference cycles, such as drawn figures, and return free memory.

    Takes about 50 ms, most of it for the collection.
    """
    gc.collect()
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)
