"""Simulated customers with a known number of groups, for the study of the choice of k.

Every set is a table, so that roles, encoding and standardization take part as they do on real
files. A set's seed is all it depends on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.table.schema.columns import Column, Role, Use

#: Least distance of two centers in units of the largest standard deviation within a group.
SEPARATION = {"none": 9.0, "slight": 6.0, "moderate": 4.5, "strong": 3.5}
SHAPES = ("round", "elongated", "heavy-tailed", "boxes")
RATIOS = (1, 3, 10)
RECORDINGS = ("as measured", "on scales", "skewed")

#: A group smaller than this cannot be a segment under the default minimal share of 3 %.
LEAST_SHARE = 0.035


@dataclass(frozen=True)
class SimulatedSet:
    """A table, its true number of groups, and what makes it hard."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    k: int
    traits: dict[str, str]


def simulated_set(seed: int) -> SimulatedSet:
    """Draw one set of the study: k 1 to 10, 2 to 20 columns, 100 to 5,000 rows."""
    rng = np.random.default_rng([20_240_601, seed])
    k = 1 + seed % 10
    n = int(np.exp(rng.uniform(np.log(max(100, 25 * k)), np.log(5_000))))
    informative = int(rng.integers(2, 13))
    nuisance = int(rng.integers(1, informative // 2 + 2)) if rng.random() < 0.4 else 0
    categories = int(rng.integers(1, 4)) if rng.random() < 0.3 else 0
    overlap = str(rng.choice(list(SEPARATION)))
    shape = str(rng.choice(SHAPES, p=[0.4, 0.3, 0.15, 0.15]))
    ratio = int(rng.choice(RATIOS))
    if k == 1:
        numbers = single_cloud(n, informative, shape, rng)
        labels = np.zeros(n, dtype=int)
    else:
        labels = _sizes(n, k, ratio, rng)
        numbers = _groups(labels, k, informative, SEPARATION[overlap], shape, rng)
    recording = str(rng.choice(RECORDINGS, p=[0.5, 0.3, 0.2]))
    data: dict[str, np.ndarray] = {
        f"x{j}": recorded(numbers[:, j], recording, rng) for j in range(informative)
    }
    data |= {f"noise{j}": _noise(n, rng) for j in range(nuisance)}
    data |= {f"level{j}": _levels(labels, k, rng) for j in range(categories)}
    frame = pd.DataFrame(data)
    columns = tuple(
        Column(name, Role.NOMINAL if name.startswith("level") else Role.NUMERIC, Use.BASIS, "")
        for name in data
    )
    traits = {
        "overlap": overlap if k > 1 else "one group",
        "shape": shape,
        "sizes": f"{ratio}:1" if k > 1 else "one group",
        "recording": recording,
        "nuisance": "nuisance columns" if nuisance else "none",
        "categories": "categorical columns" if categories else "none",
        "groups": "1" if k == 1 else "2-3" if k < 4 else "4-6" if k < 7 else "7-10",
        "rows": "100-499" if n < 500 else "500-1,499" if n < 1500 else "1,500-5,000",
        "columns": "2-5" if len(data) < 6 else "6-10" if len(data) < 11 else "11-20",
    }
    return SimulatedSet(frame, columns, k, traits)


def single_cloud(n: int, p: int, shape: str, rng: np.random.Generator) -> np.ndarray:
    """Draw data without groups: a round or stretched Gaussian, heavy tails, or uniform noise."""
    if shape == "boxes":
        return rng.uniform(size=(n, p))
    scale = np.exp(rng.uniform(-1.2, 1.2, p)) if shape == "elongated" else np.ones(p)
    turn = np.linalg.qr(rng.normal(size=(p, p)))[0]
    cloud = (rng.normal(size=(n, p)) * scale) @ turn
    if shape == "heavy-tailed":
        cloud /= np.sqrt(rng.chisquare(6, (n, 1)) / 6)
    return cloud


def _sizes(n: int, k: int, ratio: int, rng: np.random.Generator) -> np.ndarray:
    """Draw labels with sizes from equal to ratio : 1, each at least `LEAST_SHARE`."""
    share = np.geomspace(1, ratio, k)
    share = np.maximum(share / share.sum(), LEAST_SHARE)
    counts = np.maximum(np.floor(n * share / share.sum()).astype(int), 4)
    counts[-1] += n - counts.sum()
    labels = np.repeat(rng.permutation(k), counts)
    return rng.permutation(labels)


def _groups(
    labels: np.ndarray, k: int, p: int, separation: float, shape: str, rng: np.random.Generator
) -> np.ndarray:
    """Draw points around centers whose least distance is the separation, or a little more."""
    centers = rng.normal(size=(k, p)) if rng.random() < 0.5 else rng.uniform(size=(k, p))
    gaps = np.linalg.norm(centers[:, None] - centers, axis=2)[np.triu_indices(k, 1)]
    centers *= separation * rng.uniform(1.0, 1.3) / gaps.min()
    points = np.empty((len(labels), p))
    unequal = rng.random() < 0.5
    for group in range(k):
        members = labels == group
        size = int(members.sum())
        spread = rng.uniform(0.5, 1.0) if unequal else 1.0
        points[members] = centers[group] + spread * _cloud(size, p, shape, rng)
    return points


def _cloud(size: int, p: int, shape: str, rng: np.random.Generator) -> np.ndarray:
    """Draw one group whose largest standard deviation is about 1."""
    if shape == "boxes":
        return rng.uniform(-1, 1, (size, p)) * np.sqrt(3)
    cloud = rng.normal(size=(size, p))
    if shape == "heavy-tailed":
        return cloud / np.sqrt(rng.chisquare(6, (size, 1)) / 4)
    if shape == "elongated":
        scale = rng.uniform(0.3, 1.0, p)
        scale /= scale.max()
        return (cloud * scale) @ np.linalg.qr(rng.normal(size=(p, p)))[0]
    return cloud


def recorded(column: np.ndarray, recording: str, rng: np.random.Generator) -> np.ndarray:
    """Return a column as a shop would have it: half of the columns rounded, or skewed."""
    if recording == "as measured" or rng.random() < 0.5:
        return column
    if recording == "skewed":
        standardized = (column - column.mean()) / column.std()
        return np.exp(rng.uniform(0.3, 0.9) * standardized)
    if rng.random() < 0.25:
        return (column > np.quantile(column, rng.uniform(0.3, 0.7))).astype(float)
    steps = int(rng.integers(3, 11))
    low, high = np.quantile(column, [0.02, 0.98])
    return np.clip(np.round((column - low) / (high - low) * steps), 0, steps)


def _noise(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a column that has nothing to do with the groups."""
    kind = rng.integers(3)
    if kind == 0:
        return rng.normal(size=n)
    return rng.uniform(size=n) if kind == 1 else rng.gamma(3.0, size=n)


def _levels(labels: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a category that says something about the group, more or less."""
    levels = int(rng.integers(2, 5))
    typical = rng.integers(levels, size=k)
    faithful = rng.random(len(labels)) < rng.uniform(0.3, 0.95)
    drawn = np.where(faithful, typical[labels], rng.integers(levels, size=len(labels)))
    return np.array([f"L{j}" for j in drawn], dtype=object)
