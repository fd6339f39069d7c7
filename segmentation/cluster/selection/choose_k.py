"""Choose the number of segments from the evidence, and say how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.partition import Partition, kmeans_partitions, partition_of
from segmentation.cluster.algorithms.registry import Algorithm, algorithm_named
from segmentation.cluster.algorithms.row_order import canonical_order, in_order, sample_positions
from segmentation.cluster.selection.degenerate import FEWEST_CUSTOMERS, one_region, one_segment
from segmentation.cluster.selection.evidence import LARGEST_K, Choice, KEvidence, Progress, Verdict
from segmentation.cluster.selection.gather_evidence import Findings, compare_with_nulls, gather
from segmentation.cluster.selection.k_sweep import measure, stability_of
from segmentation.cluster.selection.verdict import Grading, grade
from segmentation.cluster.selection.verdict_text import conclusion, list_of
from segmentation.cluster.selection.voting import RUNNER_UP, RUNNERS_UP, scores
from segmentation.errors import DataError, ParameterError

__all__ = ["Choice", "KEvidence", "Verdict", "choose_k"]

Matrix = npt.NDArray[np.float32]

#: Rows on which every k is tried; their distance matrix takes 64 MB.
SAMPLE = 4_000

#: The same for algorithms that are much slower than k-means.
SLOW_SAMPLE = 2_000


def _silent(stage: str, fraction: float) -> None:
    """Report to nobody."""


def choose_k(
    X: Matrix,
    k_range: tuple[int, int] = (2, 10),
    *,
    k: int | None = None,
    algorithm: str = "kmeans",
    min_segment_share: float = 0.03,
    blocks: Sequence[slice] | None = None,
    seed: int = 42,
    n_jobs: int | None = None,  # noqa: ARG001 - on a sample one thread is fastest
    progress: Progress | None = None,
) -> Choice:
    """Try every k, choose one, and compare it with data that has no groups.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
        The design matrix.
    k_range : (int, int)
        First and last k to try, 2 ≤ first ≤ last.
    k : int, optional
        The user's own choice; the evidence is gathered all the same.
    algorithm : str
    min_segment_share : float
        Partitions with a smaller segment are not chosen; 0 to 0.5.
    blocks : sequence of slice, optional
        Features of one column (see `Encoder.blocks`); each feature by itself by default.
    seed : int
    n_jobs : int, optional
    progress : callable, optional

    Raises
    ------
    DataError
        No rows, or values that are not finite.
    ParameterError
        An impossible range, k, share or algorithm.
    """
    method = algorithm_named(algorithm)
    _check(X, k_range, k, min_segment_share)
    report = progress or _silent
    order, distinct = canonical_order(X)
    ks = [j for j in range(k_range[0], k_range[1] + 1) if j <= distinct - 1]
    if not ks or len(X) < FEWEST_CUSTOMERS:
        return one_segment(k, distinct, len(X))
    rng = np.random.default_rng(seed)
    size = SAMPLE if method.divide is kmeans_partitions else SLOW_SAMPLE
    taken = sample_positions(len(X), size, rng)
    points = in_order(X, taken if order is None else order[taken])
    points -= points.mean(axis=0)
    report("Trying each number of segments", 0.0)
    partitions = _partitions(points, ks, method, seed, rng)
    if not partitions:
        return one_region(method.title, k)
    findings = gather(
        points,
        partitions,
        len(X),
        min_segment_share,
        rng,
        divide=method.divide,
        progress=lambda stage, share: report(stage, 0.2 + 0.4 * share),
    )
    judge = _Judge(points, findings, method, blocks, min_segment_share, len(X), rng)
    return judge.choice(k, lambda stage, share: report(stage, 0.6 + 0.4 * share))


@dataclass(frozen=True)
class _Judge:
    """Compares divisions with data without groups and words what follows."""

    points: Matrix
    findings: Findings
    method: Algorithm
    blocks: Sequence[slice] | None
    share: float
    rows: int
    rng: np.random.Generator

    def choice(self, wanted: int | None, progress: Progress) -> Choice:
        """Return the best k, or the user's, with the verdict on it."""
        best, runners_up = _ranked(self.findings)
        evidence = list(self.findings.evidence)
        at_best = self.graded(_of(evidence, best), progress)
        # An algorithm that finds k by itself is not told another one.
        refused = at_best.grade == "none" and self.method.needs_k
        recommended = 1 if refused else best
        if recommended == 1:
            runners_up = (best, *runners_up)[:RUNNERS_UP]
        used = recommended if wanted is None or not self.method.needs_k else wanted
        shown = at_best
        if used != best:
            if _of(evidence, used) is None:
                evidence = sorted([*evidence, *self.measured(used)], key=lambda one: one.k)
            shown = self.graded(_of(evidence, used), lambda stage, _: progress(stage, 1.0))
        verdict = Verdict(
            grade=shown.grade,
            sentence=conclusion(
                shown.grade, used, recommended, evidence, runners_up, least_share=self.share
            ),
            k=used,
            chosen_by="rule" if wanted is None else "user",
            recommended_k=recommended,
            runners_up=runners_up,
            reasons=(
                *(shown.reasons or at_best.reasons),
                _about_k(best, runners_up, refused=refused)
                if self.findings.enough
                else self._too_small(best),
            ),
        )
        return Choice(used, tuple(evidence), verdict)

    def graded(self, evidence: KEvidence | None, progress: Progress) -> Grading:
        """Grade the division that some evidence is about; without evidence nothing holds."""
        if evidence is None:
            return Grading("none", ())
        comparison = compare_with_nulls(
            self.points,
            evidence.k,
            self.method.divide or kmeans_partitions,
            self.blocks,
            self.rng,
            progress=progress,
        )
        enough = evidence.smallest_share >= self.share
        return grade(comparison, evidence, large_enough=enough)

    def measured(self, k: int) -> list[KEvidence]:
        """Return the evidence for a k out of the range; nothing where it cannot be tried."""
        divide = self.method.divide
        if k == 1 or divide is None or k >= len(np.unique(self.points, axis=0)):
            return []
        parts = divide(self.points, [k], self.rng)
        stability = stability_of(self.points, parts, divide, self.rng, _silent)
        return measure(self.points, parts, stability, self.rows)

    def _too_small(self, best: int) -> str:
        found = _of(self.findings.evidence, best)
        smallest = 0.0 if found is None else found.smallest_share
        return (
            f"Every division has a segment smaller than {100 * self.share:g} % of the customers; "
            f"{best} segments come near, with {100 * smallest:.2g} % in the smallest. Look at the "
            "few that differ from all others."
        )


def _of(evidence: Sequence[KEvidence], k: int) -> KEvidence | None:
    return next((one for one in evidence if one.k == k), None)


def _partitions(
    points: Matrix, ks: Sequence[int], method: Algorithm, seed: int, rng: np.random.Generator
) -> list[Partition]:
    """Divide the sample for every k, or as the algorithm that finds k by itself does."""
    if method.divide is not None:
        return method.divide(points, ks, rng)
    found = method.fit(points, ks[0], seed)
    if found.k < 2:
        return []
    # Unassigned points count with the nearest segment: the indices know no noise.
    nearest = ((points[:, np.newaxis] - found.centers) ** 2).sum(axis=2).argmin(axis=1)
    labels = np.where(found.labels >= 0, found.labels, nearest)
    return [partition_of(points, labels, found.k)]


def _ranked(findings: Findings) -> tuple[int, tuple[int, ...]]:
    """Return the k with the highest score and the runners-up."""
    total = scores(findings.votes(), findings.allowed)
    ks = [evidence.k for evidence in findings.evidence]
    ordered = np.argsort(-total, kind="stable").tolist()
    near = [ks[i] for i in ordered[1:] if total[i] > total[ordered[0]] - RUNNER_UP]
    return ks[ordered[0]], tuple(near[:RUNNERS_UP])


def _about_k(best: int, runners_up: tuple[int, ...], *, refused: bool) -> str:
    others = [k for k in runners_up if k != best]
    start = "If there has to be a division, likelihood" if refused else "Likelihood"
    text = f"{start}, silhouette, variance ratio and stability together favor {best} segments"
    return f"{text}; {list_of(others)} would be defensible as well." if others else f"{text}."


def _check(X: Matrix, k_range: tuple[int, int], k: int | None, min_segment_share: float) -> None:
    if X.ndim != 2 or len(X) == 0:
        raise DataError("There are no rows to segment.")
    if not np.isfinite(X).all():
        raise DataError("The points to segment hold values that are missing or infinite.")
    if not 2 <= k_range[0] <= k_range[1] <= LARGEST_K:
        raise ParameterError(
            f"The range for the number of segments must lie within 2 to {LARGEST_K}, but is "
            f"{k_range[0]} to {k_range[1]}."
        )
    if k is not None and not 1 <= k <= LARGEST_K:
        raise ParameterError(
            f"The number of segments must be between 1 and {LARGEST_K}, but is {k}."
        )
    if not 0 <= min_segment_share <= 0.5:
        raise ParameterError(
            f"The smallest share of a segment must be between 0 and 0.5, "
            f"but is {min_segment_share:g}."
        )
