"""k is chosen from the evidence, judged against nothing, and never depends on the row order."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.selection.choose_k import choose_k
from segmentation.cluster.selection.evidence import KEvidence
from segmentation.cluster.selection.gaussian_mixtures import Criteria
from segmentation.cluster.selection.voting import scores, votes
from segmentation.errors import CancelledError, DataError, ParameterError
from segmentation.table.schema.columns import Column, Role, Use


def groups(k: int, n: int = 400, p: int = 4, gap: float = 7.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(k, p))
    apart = np.linalg.norm(centers[:, None] - centers, axis=2)[np.triu_indices(k, 1)].min()
    X = gap / apart * centers[rng.integers(k, size=n)] + rng.normal(size=(n, p))
    return ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32)


@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_well_separated_groups_are_counted_and_never_refused(k):
    choice = choose_k(groups(k))
    assert choice.k == k
    assert choice.verdict.grade in {"strong", "clear"}
    assert choice.verdict.chosen_by == "rule"


@pytest.mark.parametrize("seed", range(2))
def test_noise_and_single_clouds_are_not_called_segments(seed):
    rng = np.random.default_rng(seed)
    round_cloud = rng.normal(size=(300, 3))
    for X in (rng.uniform(size=(300, 3)), round_cloud, round_cloud * [1, 3, 9]):
        verdict = choose_k(X.astype(np.float32)).verdict
        assert verdict.grade in {"weak", "none"}
        favored = next(reason for reason in verdict.reasons if "together favor" in reason)
        assert favored.startswith("If there has to be") == (verdict.grade == "none")


def test_of_divisions_that_are_as_good_the_one_that_comes_back_is_chosen():
    few, many = (
        KEvidence(k, 0.2, 0.19, 0.21, 500.0, 1.5, 9e3, stability, 0.1)
        for k, stability in ((4, 0.9), (5, 0.5))
    )
    # The likelihood makes up for the price of one segment more, and a little beyond.
    allowed = np.array([True, True])

    def scored(*evidence):
        criteria = [Criteria(0.0, icl) for icl in (30.0, 0.0)]
        found = votes(evidence, criteria, criteria, 1_000, allowed)
        return scores(found, allowed)

    likely = scored(few, replace(many, stability=0.9))
    assert likely[1] > likely[0] > likely[1] - 0.3
    shaky = scored(few, many)
    assert shaky[0] > shaky[1]
    # An algorithm that finds k by itself is not drawn again, and has nothing to be judged by.
    assert np.isfinite(scored(replace(few, stability=None), replace(many, stability=None))).all()


def test_groups_that_show_in_one_column_are_seen():
    rng = np.random.default_rng(3)
    column = rng.integers(2, size=400) * 9 + rng.normal(size=400)
    X = column[:, np.newaxis].astype(np.float32)
    choice = choose_k(X / X.std())
    assert choice.k == 2
    assert choice.verdict.grade in {"strong", "clear"}


def test_row_order_and_jobs_change_nothing():
    X = groups(4, seed=5, gap=4.0)
    order = np.random.default_rng(1).permutation(len(X))
    assert choose_k(X, n_jobs=1) == choose_k(X[order], n_jobs=2)


def test_the_evidence_covers_the_whole_range():
    evidence = choose_k(groups(3), (2, 7)).evidence
    assert [e.k for e in evidence] == [2, 3, 4, 5, 6, 7]
    for e in evidence:
        assert e.silhouette_low <= e.silhouette <= e.silhouette_high
        assert 0 < e.smallest_share <= 1 / e.k
        assert e.stability is not None
        assert e.stability <= 1
    assert all(a.inertia >= b.inertia for a, b in pairwise(evidence))


def test_a_choice_of_the_user_is_recorded_beside_the_recommendation():
    choice = choose_k(groups(4), k=2)
    assert choice.k == choice.verdict.k == 2
    assert choice.verdict.chosen_by == "user"
    assert choice.verdict.recommended_k == 4
    assert choice.verdict.sentence.startswith("2 ")
    assert "as you chose" in choice.verdict.sentence
    assert "the evidence favors 4 segments" in choice.verdict.sentence


def test_a_number_out_of_the_range_is_judged_by_its_own_evidence():
    choice = choose_k(groups(4), (2, 6), k=9)
    own = next(e for e in choice.evidence if e.k == 9)
    assert [e.k for e in choice.evidence] == [2, 3, 4, 5, 6, 9]
    assert f"{own.silhouette:.2f}" in choice.verdict.sentence
    assert choice.verdict.grade in {"weak", "none"}


def test_one_segment_that_the_user_wanted_is_not_called_strong():
    verdict = choose_k(groups(4), k=1).verdict
    assert verdict.grade == "none"
    assert verdict.sentence.startswith("One segment for all, as you chose")


@pytest.mark.parametrize("share", [0.45, 0.5])
def test_where_no_division_has_segments_large_enough_the_nearest_is_taken(share):
    choice = choose_k(groups(3), min_segment_share=share)
    shares = {e.k: e.smallest_share for e in choice.evidence}
    favored = choice.k if choice.k > 1 else choice.runners_up[0]
    assert shares[favored] >= 0.9 * max(shares.values())
    assert favored < 4
    assert choice.verdict.grade in {"weak", "none"}
    assert any(f"smaller than {share:.0%}".replace("%", " %") in r for r in choice.verdict.reasons)


def test_a_choice_of_the_user_does_not_change_what_is_recommended():
    X = groups(4, seed=6)
    recommended = choose_k(X).verdict.recommended_k
    for k in (1, 2, 20):
        verdict = choose_k(X, k=k).verdict
        assert verdict.recommended_k == recommended
        assert verdict.k == k


def test_segments_below_the_smallest_share_are_not_chosen():
    X = groups(3, seed=2, p=2)
    X[:24] = X.max(axis=0) + 1 + 0.1 * X[:24]
    assert choose_k(X).k == 4
    choice = choose_k(X, min_segment_share=0.1)
    shares = {e.k: e.smallest_share for e in choice.evidence}
    assert shares[choice.k] >= 0.1


def test_where_every_division_has_a_tiny_segment_the_reasons_say_so():
    X = groups(3, seed=2)
    X[:4] += 100
    choice = choose_k(X)
    assert any("smaller than" in reason for reason in choice.verdict.reasons)


@pytest.mark.parametrize(
    ("X", "reason"),
    [
        (np.ones((50, 3)), "all rows are equal"),
        (np.repeat(np.eye(2), 100, axis=0), "only 2 different rows"),
        (np.zeros((1, 2)), "too few customers (1) to look for segments"),
        (np.eye(3), "too few customers (3) to look for segments"),
    ],
    ids=["all equal", "two different rows", "one row", "three rows"],
)
def test_data_that_cannot_be_divided_is_one_segment_with_its_reason(X, reason):
    choice = choose_k(X.astype(np.float32))
    assert choice.k == 1
    assert choice.verdict.grade == "none"
    assert reason in choice.verdict.sentence


@pytest.mark.parametrize("n", [3, 4, 7, 15])
def test_very_few_rows_do_not_crash(n):
    X = np.random.default_rng(n).normal(size=(n, 3)).astype(np.float32)
    choice = choose_k(X)
    assert 1 <= choice.k <= n - 1
    assert all(e.k <= n - 1 for e in choice.evidence)


def test_many_duplicates_of_few_rows_do_not_crash():
    X = np.repeat(np.random.default_rng(0).normal(size=(6, 2)), 2000, axis=0).astype(np.float32)
    choice = choose_k(X)
    assert 1 <= choice.k <= 6
    assert all(np.isfinite(e.silhouette) for e in choice.evidence)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_an_error(value):
    X = groups(2)
    X[3, 1] = value
    with pytest.raises(DataError, match="missing or infinite"):
        choose_k(X)


def test_no_rows_are_an_error():
    with pytest.raises(DataError, match="no rows"):
        choose_k(np.zeros((0, 3), dtype=np.float32))


@pytest.mark.parametrize(
    "options",
    [
        {"k_range": (1, 5)},
        {"k_range": (5, 3)},
        {"k": 0},
        {"min_segment_share": 0.9},
        {"algorithm": "magic"},
    ],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ParameterError):
        choose_k(groups(2), **options)


def test_progress_rises_to_the_end_and_can_cancel():
    seen: list[float] = []
    choose_k(groups(2), progress=lambda _, share: seen.append(share))
    assert seen == sorted(seen)
    assert seen[-1] > 0.9

    def stop(_stage: str, share: float) -> None:
        if share > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        choose_k(groups(2), progress=stop)


@pytest.mark.parametrize("algorithm", ["bisecting", "gmm", "ward", "hdbscan", "dbscan"])
def test_every_algorithm_can_be_judged(algorithm):
    choice = choose_k(groups(3), (2, 5), algorithm=algorithm)
    assert choice.k == 3
    assert choice.verdict.grade in {"strong", "clear"}


@pytest.mark.parametrize("algorithm", ["hdbscan", "dbscan"])
def test_one_dense_region_is_one_segment_with_its_reason(algorithm):
    X = np.random.default_rng(1).normal(size=(400, 2)).astype(np.float32)
    choice = choose_k(X, algorithm=algorithm)
    if choice.k == 1:
        assert "one region" in choice.verdict.sentence
    assert choice.verdict.grade in {"none", "weak"}


ROLES = {
    "Gender": Role.BINARY,
    "Age": Role.NUMERIC,
    "City": Role.NOMINAL,
    "Membership Type": Role.ORDINAL,
    "Total Spend": Role.NUMERIC,
    "Items Purchased": Role.NUMERIC,
    "Average Rating": Role.NUMERIC,
    "Discount Applied": Role.BINARY,
    "Days Since Last Purchase": Role.NUMERIC,
    "Satisfaction Level": Role.ORDINAL,
}


@pytest.fixture(scope="module")
def shop(shared_data) -> tuple[pd.DataFrame, list[Column]]:
    frame = pd.read_csv(shared_data / "ecommerce_customers.csv")
    return frame, [Column(name, role, Use.BASIS, "") for name, role in ROLES.items()]


def test_the_known_customers_have_six_or_seven_strong_segments(shop):
    frame, columns = shop
    for mode in ("auto", "label"):
        encoder = Encoder.fit(frame, columns, mode=mode)
        choice = choose_k(encoder.transform(frame), blocks=encoder.blocks)
        assert choice.k in {6, 7}
        assert choice.verdict.grade == "strong"


def test_label_encoding_reproduces_the_silhouettes_of_the_classic_recipe(shop):
    frame, columns = shop
    X = Encoder.fit(frame, columns, mode="label").transform(frame)
    found = [e.silhouette for e in choose_k(X, (2, 8)).evidence]
    np.testing.assert_allclose(found, [0.455, 0.491, 0.581, 0.698, 0.812, 0.825, 0.809], atol=1e-3)
