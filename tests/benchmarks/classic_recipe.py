"""Ours beside the classic recipe, from file to saved model, each in a process of its own.

Run with::

    python tests/benchmarks/classic_recipe.py                      # 500 to 100,000 customers
    python tests/benchmarks/classic_recipe.py 500 1000000 --rounds 3

Prints medians of the seconds, the peak memory, the k found, and our inertia over the one of
scikit-learn's best of ten starts on all rows with our own encoding and k.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: The recipe of the tutorials, word for word but for the file.
CLASSIC = """
import sys
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import LabelEncoder, StandardScaler
frame = pd.read_csv(sys.argv[1]).dropna().drop_duplicates().drop(columns="Customer ID")
for name in frame.columns:
    if not pd.api.types.is_numeric_dtype(frame[name]) or frame[name].dtype == bool:
        frame[name] = LabelEncoder().fit_transform(frame[name].astype(str))
X = StandardScaler().fit_transform(frame)
size = None if len(X) <= 20_000 else 10_000
scores = {}
for k in range(2, 11):
    labels = KMeans(k, n_init=10, random_state=42).fit_predict(X)
    scores[k] = silhouette_score(X, labels, sample_size=size, random_state=42)
best = max(scores, key=scores.get)
model = KMeans(best, n_init=10, random_state=42).fit(X)
PCA(2).fit_transform(X)
open(sys.argv[2], "w").write(str(model.cluster_centers_.tolist()))
print(best)
"""

#: scikit-learn's best of ten starts with our encoding and k.
BEST_OF_TEN = """
import sys
sys.path.insert(0, sys.argv[3])
from sklearn.cluster import KMeans
from segmentation import SegmentModel, read_table
model = SegmentModel.load(sys.argv[2])
table = read_table(sys.argv[1])
X = model.encoder.transform(table.frame)[model.encoder.usable(table.frame)]
k = len(model.segments)
print(model.inertia / KMeans(k, n_init=10, random_state=0).fit(X).inertia_)
"""


@dataclass(frozen=True)
class Run:
    """What one process took."""

    seconds: float
    megabytes: float
    output: str


def run(*command: str) -> Run:
    """Run a command to its end and measure it from outside."""
    with tempfile.TemporaryFile("w+") as out:
        start = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        child = os.posix_spawn(
            sys.executable, [sys.executable, *command], os.environ, file_actions=actions
        )
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            raise RuntimeError(f"{command[:3]} failed")
        out.seek(0)
        return Run(seconds, usage.ru_maxrss / 1024, out.read())


def compare(rows: int, rounds: int, folder: Path) -> None:
    """Print one line for one number of customers."""
    file, model = folder / f"{rows}.csv", folder / f"{rows}.segmodel"
    run("-m", "segmentation", "sample", "customers", "--rows", str(rows), "-o", str(file))
    ours, classic = [], []
    for _ in range(rounds):
        ours.append(run("-m", "segmentation", "fit", str(file), "-o", str(model), "--json"))
        classic.append(run("-c", CLASSIC, str(file), str(folder / "classic.txt")))
    ratio = float(run("-c", BEST_OF_TEN, str(file), str(model), str(ROOT)).output)
    fast, slow = (statistics.median(one.seconds for one in runs) for runs in (ours, classic))
    print(  # noqa: T201
        f"{rows:>9,} rows   ours {fast:7.2f} s {ours[0].megabytes:6.0f} MB "
        f"k={json.loads(ours[0].output)['k']:<2}   classic {slow:7.2f} s "
        f"{classic[0].megabytes:6.0f} MB k={classic[0].output.strip():<2}   "
        f"{slow / fast:5.1f} times faster   inertia {ratio:.5f}",
        flush=True,
    )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[500, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            compare(rows, options.rounds, Path(folder))


if __name__ == "__main__":
    main()
