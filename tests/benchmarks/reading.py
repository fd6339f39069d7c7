"""Reading a large file with all checks beside what Arrow takes for splitting it alone.

::

    python tests/benchmarks/reading.py transactions.csv.gz

Both sides read from memory, in turn, and the fastest of several runs counts. Arrow gets a copy in
UTF-8, since it reads no other encoding; for it that is all, while `read_table` also finds
encoding, delimiter and header, types every column, and looks for copies, totals and bad cells.
"""

from __future__ import annotations

import gzip
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from segmentation import read_table

RUNS = 7


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def compare(path: Path) -> None:
    """Print both sides and their ratio."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    table = read_table(data)
    copy = pa.py_buffer(data.decode(table.recipe["encoding"], "replace").encode())
    sides: dict[str, list[float]] = {"pyarrow.csv.read_csv": [], "read_table": []}
    for _ in range(RUNS):
        sides["pyarrow.csv.read_csv"].append(seconds(lambda: pacsv.read_csv(copy)))
        sides["read_table"].append(seconds(lambda: read_table(data)))
    say(f"{path.name}: {table.rows_read:,} rows, {len(data) / 1e6:.0f} MB, {RUNS} runs")
    for name, times in sides.items():
        say(f"{name:>22}  fastest {min(times):6.3f} s  middle {sorted(times)[RUNS // 2]:6.3f} s")
    alone, ours = (min(times) for times in sides.values())
    say(f"{'ratio':>22}  {ours / alone:6.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{'peak memory':>22}  {peak:6.0f} MB for both")


if __name__ == "__main__":
    compare(Path(sys.argv[1]))
