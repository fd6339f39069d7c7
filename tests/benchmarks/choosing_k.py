"""Study of the choice of k: ours beside every single index, and the verdict on no groups.

Run with::

    python tests/benchmarks/choosing_k.py                 # report on the untouched half
    python tests/benchmarks/choosing_k.py --half train    # report on the training half
    python tests/benchmarks/choosing_k.py --tune          # fit the weights on the training half
    python tests/benchmarks/choosing_k.py --nulls 100     # verdicts on data without groups

1,000 sets are drawn by ``simulated_sets.py``; the first half trains, the second is reported.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

import numpy as np  # noqa: E402 - after the number of threads is set
import pandas as pd  # noqa: E402
from gap_statistic import gap_choice  # noqa: E402
from joblib import Parallel, delayed  # noqa: E402
from simulated_sets import SimulatedSet, simulated_set, single_cloud  # noqa: E402
from weights import fit_weights  # noqa: E402

from segmentation.cluster.algorithms.partition import kmeans_partitions  # noqa: E402
from segmentation.cluster.algorithms.row_order import canonical_order, in_order  # noqa: E402
from segmentation.cluster.encoding.encoder import Encoder  # noqa: E402
from segmentation.cluster.selection.choose_k import SAMPLE, choose_k  # noqa: E402
from segmentation.cluster.selection.gather_evidence import gather  # noqa: E402
from segmentation.cluster.selection.voting import WEIGHTS  # noqa: E402
from segmentation.table.schema.columns import Column, Role, Use  # noqa: E402

HALVES = {"train": range(500), "test": range(500, 1000)}
INDICES = ("ours", "silhouette", "Calinski-Harabasz", "Davies-Bouldin", "gap")
CLOUDS = ("uniform noise", "round cloud", "stretched cloud")


def chosen(seed: int) -> tuple[SimulatedSet, dict[str, int], str]:
    """Choose k for one set with the rule and with each single index."""
    one = simulated_set(seed)
    encoder = Encoder.fit(one.frame, one.columns)
    X = encoder.transform(one.frame)
    choice = choose_k(X, blocks=encoder.blocks)
    ks = [e.k for e in choice.evidence]
    centered = X - X.mean(axis=0)
    total = float((centered.astype(float) ** 2).sum())
    within = [total, *(e.inertia for e in choice.evidence)]
    picks = {
        "ours": choice.k,
        "silhouette": ks[int(np.argmax([e.silhouette for e in choice.evidence]))],
        "Calinski-Harabasz": ks[int(np.argmax([e.calinski_harabasz for e in choice.evidence]))],
        "Davies-Bouldin": ks[int(np.argmin([e.davies_bouldin for e in choice.evidence]))],
        "gap": gap_choice(centered, within, np.random.default_rng(seed)),
    }
    return one, picks, choice.verdict.grade


def report(half: str, sets: int, jobs: int) -> None:
    """Print the share of right k, by trait and overall."""
    start = time.perf_counter()
    seeds = list(HALVES[half])[:sets]
    results = Parallel(n_jobs=jobs)(delayed(chosen)(seed) for seed in seeds)
    right = pd.DataFrame(
        [{name: picks[name] == one.k for name in INDICES} for one, picks, _ in results]
    )
    traits = pd.DataFrame([one.traits for one, _, _ in results])
    _line("", "sets", *INDICES)
    for trait in traits.columns:
        for value, rows in right.groupby(traits[trait]):
            _line(f"{trait}: {value}", len(rows), *(100 * rows[name].mean() for name in INDICES))
    _line("overall", len(right), *(100 * right[name].mean() for name in INDICES))
    separated = [
        grade
        for one, _, grade in results
        if one.traits["overlap"] == "none" and one.traits["nuisance"] == "none"
    ]
    refused = sum(grade in {"none", "weak"} for grade in separated)
    print(f"well separated sets not called strong or clear: {refused} of {len(separated)}")  # noqa: T201
    print(f"{time.perf_counter() - start:.0f} s")  # noqa: T201


def _line(title: str, *cells: object) -> None:
    text = [f"{cell:18.1f}" if isinstance(cell, float) else f"{cell!s:>18}" for cell in cells]
    print(f"{title:32}" + "".join(text))  # noqa: T201


def training_table(seed: int) -> tuple[np.ndarray, np.ndarray, int] | None:
    """Return the votes on one training set, which k are allowed, and the right one's place."""
    one = simulated_set(seed)
    if one.k == 1:
        return None
    X = Encoder.fit(one.frame, one.columns).transform(one.frame)
    rng = np.random.default_rng(42)
    X = in_order(X, canonical_order(X)[0])
    points = X[np.sort(rng.permutation(len(X))[:SAMPLE])]
    points -= points.mean(axis=0)
    parts = kmeans_partitions(points, range(2, 11), rng)
    findings = gather(points, parts, len(X), 0.03, rng, progress=lambda *_: None)
    return findings.votes(), findings.allowed, one.k - 2


def tune(sets: int, jobs: int) -> None:
    """Fit the weights on the training half and print them."""
    seeds = list(HALVES["train"])[:sets]
    tables = Parallel(n_jobs=jobs)(delayed(training_table)(seed) for seed in seeds)
    weights = fit_weights([table for table in tables if table is not None])
    for name, weight in zip(WEIGHTS, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')  # noqa: T201


def nulls(draws: int, jobs: int) -> None:
    """Print how often data without groups gets each grade."""
    for kind in CLOUDS:
        tasks = (delayed(_null_grade)(kind, draw) for draw in range(draws))
        grades = Parallel(n_jobs=jobs)(tasks)
        counts = {grade: grades.count(grade) for grade in ("strong", "clear", "weak", "none")}
        _line(kind, *(f"{grade} {count}" for grade, count in counts.items()))


def _null_grade(kind: str, draw: int) -> str:
    rng = np.random.default_rng([77, draw])
    n, p = int(np.exp(rng.uniform(np.log(100), np.log(5000)))), int(rng.integers(2, 21))
    shape = {"uniform noise": "boxes", "round cloud": "round", "stretched cloud": "elongated"}
    frame = pd.DataFrame(single_cloud(n, p, shape[kind], rng), columns=list(_names(p)))
    columns = [Column(name, Role.NUMERIC, Use.BASIS, "") for name in frame.columns]
    encoder = Encoder.fit(frame, columns)
    return choose_k(encoder.transform(frame), blocks=encoder.blocks).verdict.grade


def _names(p: int) -> Iterator[str]:
    return (f"x{j}" for j in range(p))


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=list(HALVES), default="test")
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--nulls", type=int, default=0)
    options = parser.parse_args()
    if options.tune:
        tune(options.sets, options.jobs)
    elif options.nulls:
        nulls(options.nulls, options.jobs)
    else:
        report(options.half, options.sets, options.jobs)


if __name__ == "__main__":
    main()
