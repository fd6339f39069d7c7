"""Divide the permitted memory among processes."""

from __future__ import annotations

import os
import re

from segmentation.errors import ParameterError

MEGABYTE = 1024 * 1024

#: Memory of the main process, with the sample and the model.
DIRECTOR = 500 * MEGABYTE

#: Minimum for a worker: 250 MB of libraries and one batch of rows.
LEAST = 450 * MEGABYTE

_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "t": 1_000_000_000_000}


def in_bytes(memory: str | int) -> int:
    """Return a size in bytes.

    Examples
    --------
    >>> in_bytes("2GB"), in_bytes("512 MiB"), in_bytes(1000)
    (2000000000, 536870912, 1000)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", str(memory).strip().lower())
    if found is None:
        raise ParameterError(f"“{memory}” is no size of memory. Write it like 2GB or 512MB.")
    number, unit, binary = found.groups()
    factor = _UNITS[unit]
    if binary:
        factor = 1024 ** (round(len(str(factor)) / 3))
    return int(float(number) * factor)


def share_out(memory: str | int | None) -> tuple[int, int]:
    """Return the number of processes to start, and the bytes for each.

    Parameters
    ----------
    memory
        Total for all processes; half of the machine's by default.

    Raises
    ------
    ParameterError
        The memory is too little for one process.
    """
    whole = in_bytes(memory) if memory is not None else _of_machine() // 2
    left = whole - DIRECTOR
    if left < LEAST:
        raise ParameterError(
            f"{memory} of memory is too little: allow "
            f"{-(-(DIRECTOR + LEAST) // 100_000_000) / 10:g} GB at least."
        )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    count = max(1, min(cores or 1, left // LEAST))
    return count, left // count


def _of_machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
