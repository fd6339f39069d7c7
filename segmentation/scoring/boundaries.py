"""Where segments end: how near a row is to each segment, and what that means.

Every number here is a sum over columns in a fixed order, one row at a time. A matrix product
would be faster, but its last digits depend on how many rows are scored together; here the same
customer gets the same answer alone and among a million.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.nearest_center import (
    mixture_distances,
    squared_distances,
    whitened,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]
Points = npt.NDArray[np.floating]

CHUNK = 8_192  # rows at a time: k × CHUNK float64 stay in the processor's cache
FITS_PERCENTILE = 99.0  # METHOD: "fits" is the 99th percentile of training distances
SMALLEST_SPREAD = 1e-3  # of the squared distance between two centers; see calibrate()
BALL_SPREAD = 0.25  # depth 0 in one segment's ball and 2 radii from another's reads 0.9997
ROUNDING = 1e-12  # relative; thousands of float64 terms are summed up to some 1e-13
EDGE = 1e-9  # relative slack, so that the percentile's own customer fits


@dataclass(frozen=True, eq=False)
class Boundaries:
    """The segments' places and the scales that make nearness readable.

    Attributes
    ----------
    centers
        (k, p) float64, in the encoder's space.
    reach
        (k,) float64: 99th percentile of the nearness (see `nearness`) of the segment's own
        training customers.
    spread
        (k, k) float64, symmetric, positive: divides a difference of nearness to log-odds.
    scorer
        What the algorithm needs beyond the centers; see `nearest_center`.
    """

    centers: Floats
    reach: Floats
    spread: Floats
    scorer: Mapping[str, Floats] = field(default_factory=dict)

    def fit_together(self, k: int, p: int) -> bool:
        """Say whether the arrays are those of k segments in p dimensions."""
        return (
            self.centers.shape == (k, p)
            and self.reach.shape == (k,)
            and self.spread.shape == (k, k)
            and bool((self.spread > 0).all())
            and self._scorer_fits(k, p)
        )

    def _scorer_fits(self, k: int, p: int) -> bool:
        shapes = {name: array.shape for name, array in self.scorer.items()}
        if not shapes or shapes == {"precision": (k, p, p), "offset": (k,)}:
            return True
        m = self.scorer["owner"].size if "owner" in self.scorer else 0
        return (
            shapes == {"points": (m, p), "owner": (m,), "radius": (m,)}
            and set(self.scorer["owner"].tolist()) == set(range(k))
            and bool((self.scorer["radius"] > 0).all())
        )

    def reordered(self, order: Integers) -> Boundaries:
        """Return the same segments in another order: new position i is old ``order[i]``."""
        scorer = dict(self.scorer)
        for name in scorer.keys() & {"precision", "offset"}:
            scorer[name] = scorer[name][order]
        if "owner" in scorer:
            position = np.argsort(order)
            scorer["owner"] = position[scorer["owner"].astype(np.intp)].astype(np.float64)
        return replace(
            self,
            centers=self.centers[order],
            reach=self.reach[order],
            spread=self.spread[np.ix_(order, order)],
            scorer=scorer,
        )


@dataclass(frozen=True, eq=False)
class Placement:
    """Where rows lie among the segments. All arrays have one entry a row.

    Attributes
    ----------
    nearest
        Segment positions; −1 where the algorithm calls the row noise.
    runner_up
        Positions of the second nearest; −1 in a model with one segment, and the nearest
        segment itself for noise.
    measure
        `nearness` to the nearest segment.
    confidence
        0.5 to 1; 0 for noise.
    fits
        Whether the row is as near as 99 % of the segment's training customers.
    """

    nearest: Integers
    runner_up: Integers
    measure: Floats
    confidence: Floats
    fits: npt.NDArray[np.bool_]


def nearness(X: Points, boundaries: Boundaries) -> Floats:
    """Measure how near rows are to each segment; smaller is nearer, the smallest decides.

    Parameters
    ----------
    X
        (n, p) encoded rows.
    boundaries
        Of the model.

    Returns
    -------
    ndarray of shape (k, n), float64
        Squared distances to centers; for mixtures minus twice the log density; for density
        regions the squared depth in the segment's nearest ball, above 1 outside of all.
    """
    points = X.astype(np.float64)
    scorer = boundaries.scorer
    if "precision" in scorer:
        return mixture_distances(points, boundaries.centers, scorer["precision"], scorer["offset"])
    if "points" not in scorer:
        return squared_distances(points, boundaries.centers)
    return deepest(squared_distances(points, scorer["points"]), boundaries)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """One row and how its nearness changes with a few of its features, at their cost alone.

    Nearness is a sum of squares (z + Uᵀδ)², where δ is what is added to the row, U is the
    triangle of a mixture's component and the identity for centers and balls. So each change
    costs z·z + 2 (Uz)·δ + δᵀ(UUᵀ)δ over the changed features, not a sum over all.

    Attributes
    ----------
    boundaries
        Of the model.
    squared
        (m,) z·z for each of the k centers, or of the m balls.
    slopes
        (m, p) Uz.
    """

    boundaries: Boundaries
    squared: Floats
    slopes: Floats

    @classmethod
    def of(cls, x: Points, boundaries: Boundaries) -> Surroundings:
        """Look around one row, shape (p,)."""
        scorer = boundaries.scorer
        away = x.astype(np.float64) - scorer.get("points", boundaries.centers)
        if "precision" not in scorer:
            return cls(boundaries, np.einsum("ij,ij->i", away, away), away)
        pairs = zip(away, scorer["precision"], strict=True)
        z = np.array([whitened(one[np.newaxis], triangle)[0] for one, triangle in pairs])
        slopes = np.einsum("kij,kj->ki", scorer["precision"], z)
        return cls(boundaries, np.einsum("ij,ij->i", z, z), slopes)

    def nearness(self, steps: Floats, block: slice) -> Floats:
        """Measure how near the row is to each segment after changes of one block of features.

        Parameters
        ----------
        steps
            (c, f) what is added to the f features of the block, for each of c changes.
        block
            Where these features stand.

        Returns
        -------
        ndarray of shape (k, c)
            As `nearness` of the changed rows, but for rounding; see `slack`.
        """
        scorer = self.boundaries.scorer
        changed = self.squared[:, np.newaxis] + 2 * self.slopes[:, block] @ steps.T
        if "precision" not in scorer:
            changed += np.einsum("ij,ij->i", steps, steps)
            return changed if "points" not in scorer else deepest(changed, self.boundaries)
        rows = scorer["precision"][:, block]
        grams = rows @ rows.transpose(0, 2, 1)
        changed += np.einsum("kcf,cf->kc", steps @ grams, steps)
        return changed + scorer["offset"][:, np.newaxis]

    @property
    def slack(self) -> float:
        """How much rounding may change a measure: differences above it are real."""
        return ROUNDING * (1 + float(np.abs(self.squared).max()))


def deepest(squared: Floats, boundaries: Boundaries) -> Floats:
    """Turn squared distances to balls, (m, n), into the squared depth in each segment's, (k, n)."""
    scorer = boundaries.scorer
    depth = squared / scorer["radius"][:, np.newaxis] ** 2
    owners = scorer["owner"].astype(np.intp)
    return np.stack([depth[owners == i].min(axis=0) for i in range(len(boundaries.centers))])


def place(X: Points, boundaries: Boundaries) -> Placement:
    """Find each row's segment, runner-up and confidence.

    For nearest centers the confidence is the probability that the row belongs to the nearest
    segment rather than to the runner-up if the customers of the two are normally distributed
    with equal variance s² along the line that joins their centers (linear discriminant analysis
    with equal priors): 1 / (1 + exp(−(d₂² − d₁²) / (2 s²))). It is ½ where both centers are
    equally near. Cutting a single normal cloud in two halves, the worst case, gives 0.97
    at their centers. For mixtures it is the posterior probability among the two.

    Parameters
    ----------
    X
        (n, p) encoded rows.
    boundaries
        Of the model, with k ≥ 1 segments.
    """
    starts = range(0, max(len(X), 1), CHUNK)
    parts = [_place_chunk(X[start : start + CHUNK], boundaries) for start in starts]
    return Placement(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _place_chunk(
    X: Points, boundaries: Boundaries
) -> tuple[Integers, Integers, Floats, Floats, npt.NDArray[np.bool_]]:
    measures = nearness(X, boundaries)
    rows = np.arange(measures.shape[1])
    nearest = measures.argmin(axis=0)
    first = measures[nearest, rows]
    fits = first <= boundaries.reach[nearest] + EDGE * (1 + np.abs(boundaries.reach[nearest]))
    noise = first > 1 if "points" in boundaries.scorer else np.zeros(len(rows), dtype=bool)
    runner_up = np.full(len(rows), -1)
    confidence = np.ones(len(rows))
    if len(measures) > 1:
        measures[nearest, rows] = np.inf
        runner_up = measures.argmin(axis=0)
        margin = measures[runner_up, rows] - first
        confidence = probability(margin / (2 * boundaries.spread[nearest, runner_up]))
    return (
        np.where(noise, -1, nearest),
        np.where(noise, nearest, runner_up),
        first,
        np.where(noise, 0.0, confidence),
        fits & ~noise,
    )


def probability(log_odds: Floats) -> Floats:
    """Turn log-odds into a probability: 1 / (1 + exp(−x)).

    Examples
    --------
    >>> probability(np.array([0.0, 800.0])).tolist()
    [0.5, 1.0]
    """
    result: Floats = 1 / (1 + np.exp(-log_odds))
    return result


def calibrate(
    X: Points, labels: Integers, centers: Floats, scorer: Mapping[str, Floats]
) -> Boundaries:
    """Learn the scales of a model from its training rows.

    Parameters
    ----------
    X
        (n, p) encoded training rows.
    labels
        (n,) segment positions; rows with −1 (noise) are left out.
    centers
        (k, p) centers.
    scorer
        Of the clustering.

    Notes
    -----
    The spread of a pair is floored at a thousandth of their squared distance, so that
    segments made of identical customers still have a border with a width.
    """
    plain = uncalibrated(centers, scorer)
    if scorer:
        return replace(plain, reach=_reaches(X, labels, plain))
    k = len(centers)
    counts = np.array([np.count_nonzero(labels == i) for i in range(k)])
    scatters = np.array([scatter(X[labels == i], centers[i]) for i in range(k)])
    return calibrated(plain, _reaches(X, labels, plain), counts, scatters)


def uncalibrated(centers: Floats, scorer: Mapping[str, Floats]) -> Boundaries:
    """Return segments whose places are known, but not yet their reach and spread."""
    k = len(centers)
    scale = BALL_SPREAD if "points" in scorer else 1.0
    return Boundaries(centers, np.zeros(k), np.full((k, k), scale), scorer)


def calibrated(
    plain: Boundaries, reach: Floats, counts: npt.NDArray[np.integer], scatters: Floats
) -> Boundaries:
    """Fill in the scales of nearest centers from sums that parts of a table add up to.

    Parameters
    ----------
    plain
        From `uncalibrated`.
    reach
        (k,) 99th percentile of each segment's nearness.
    counts
        (k,) training customers of each segment.
    scatters
        (k, p, p) from `scatter`.
    """
    return replace(plain, reach=reach, spread=_spreads(plain.centers, counts, scatters))


def _reaches(X: Points, labels: Integers, plain: Boundaries) -> Floats:
    own = own_nearness(X, labels, plain)
    groups = [own[labels == i] for i in range(len(plain.centers))]
    return np.array([np.percentile(g, FITS_PERCENTILE) if len(g) else 0.0 for g in groups])


def own_nearness(X: Points, labels: Integers, boundaries: Boundaries) -> Floats:
    """Return how near each row is to its own segment, shape (n,); see `nearness`."""
    own = np.empty(len(X))
    for start in range(0, len(X), CHUNK):
        rows = slice(start, start + CHUNK)
        measures = nearness(X[rows], boundaries)
        own[rows] = measures[labels[rows], np.arange(measures.shape[1])]
    return own


def _spreads(centers: Floats, counts: npt.NDArray[np.integer], scatters: Floats) -> Floats:
    """Pooled variance of each pair of segments along the line that joins their centers."""
    k = len(centers)
    spread = np.ones((k, k))
    for i in range(k):
        for j in range(i):
            line = centers[i] - centers[j]
            squared = float(np.sum(line**2))
            if squared > 0:
                pooled = scatters[i] + scatters[j]
                members = max(int(counts[i] + counts[j]), 1)
                variance = float(np.sum(pooled * np.outer(line, line))) / (members * squared)
                spread[i, j] = spread[j, i] = max(variance, SMALLEST_SPREAD * squared)
    return spread


def scatter(members: Points, center: Floats) -> Floats:
    """Sum of squares and products around a center, (p, p), in chunks of float64."""
    total = np.zeros((len(center), len(center)))
    for start in range(0, len(members), CHUNK):
        part = members[start : start + CHUNK].astype(np.float64) - center
        total += part.T @ part
    return total
