"""The engine for data in parts gives what the engine in memory gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import (
    CancelledError,
    CustomerSegmentation,
    ParameterError,
    SegmentModel,
    Table,
    read_table,
)
from segmentation.cluster.encoding.quantiles import QUANTILE_ERROR
from segmentation.cluster.selection.quality_indices import adjusted_rand
from segmentation.options import Settings
from segmentation.scale.assign_parts import assign_in_parts
from segmentation.scale.processes.dask_client import Workers
from segmentation.scale.train_parts import TrainedInParts, train_in_parts
from segmentation.training import Trained, train
from tests.segmentation.scale.conftest import CUSTOMERS, SAMPLE, write_parts

#: Numbers of segments tried: few, since trying them takes longest here.
RANGE = (3, 5)


def trained(source: object, workers: Workers, **settings: object) -> TrainedInParts:
    return train_in_parts(
        source, Settings(**{"k_range": RANGE} | settings), workers, sample_rows=SAMPLE
    )


def in_memory_of(table: Table, **settings: object) -> Trained:
    """Train in memory with a sample as small as that of the parts."""
    chosen = Settings(**{"k_range": RANGE} | settings)
    return train(table.frame, table.columns, chosen, sample_rows=SAMPLE)


@pytest.fixture(scope="module")
def in_memory(customers: pd.DataFrame) -> Trained:
    return in_memory_of(Table.from_frame(customers))


@pytest.fixture(scope="module")
def parquet(customers: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_parts(customers, tmp_path_factory.mktemp("data") / "parquet", 3)


@pytest.fixture(scope="module")
def in_parts(parquet: Path, workers: Workers) -> TrainedInParts:
    return trained(parquet, workers)


def labels(model: SegmentModel, frame: pd.DataFrame) -> np.ndarray:
    return pd.factorize(model.assign(frame)["segment_id"])[0]


def assert_the_same(one: SegmentModel, other: SegmentModel, table: Table) -> None:
    """Compare what both engines promise to agree in; which is everything but quantiles."""
    assert one.encoder == other.encoder
    assert one.verdict == other.verdict
    assert adjusted_rand(labels(one, table.frame), labels(other, table.frame)) >= 0.999
    assert one.inertia == pytest.approx(other.inertia, rel=1e-6)
    assert (one.n_rows, one.n_used) == (other.n_rows, other.n_used)


def test_segments_are_those_of_the_engine_in_memory(
    in_parts: TrainedInParts, in_memory: Trained, customers: pd.DataFrame
) -> None:
    model, other = in_parts.model, in_memory.model
    assert_the_same(model, other, Table.from_frame(customers))
    assert [s.name for s in model.segments] == [s.name for s in other.segments]
    assert [s.stability for s in model.segments] == [s.stability for s in other.segments]
    assert [c.role for c in model.columns] == [c.role for c in other.columns]
    assert [c.levels for c in model.columns] == [c.levels for c in other.columns]


def groups_near_each_other(rng: np.random.Generator) -> pd.DataFrame:
    centers = rng.normal(size=(4, 3)) * 1.3
    points = centers[rng.integers(0, 4, 3_000)] + rng.normal(size=(3_000, 3))
    return pd.DataFrame(points, columns=["a", "b", "c"])


def few_kinds_of_customers(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": rng.integers(18, 22, 3_000),
            "visits": rng.poisson(1.2, 3_000),
            "plan": rng.choice(["a", "b", "c"], 3_000),
        }
    )


def gaps_copies_and_two_spellings(rng: np.random.Generator) -> pd.DataFrame:
    frame = np.exp(groups_near_each_other(rng))
    frame = frame.mask(rng.random(frame.shape) < 0.2)
    frame["tier"] = rng.choice(["Gold", "gold", "Silver", "BRONZE", "Bronze"], len(frame))
    return pd.concat([frame, frame.head(100)], ignore_index=True)


@pytest.mark.parametrize(
    "made", [groups_near_each_other, few_kinds_of_customers, gaps_copies_and_two_spellings]
)
@pytest.mark.parametrize(("suffix", "count"), [("csv", 2), ("parquet", 5)])
def test_close_cases_are_decided_alike_however_the_rows_are_cut(
    made: Callable[[np.random.Generator], pd.DataFrame],
    suffix: str,
    count: int,
    workers: Workers,
    tmp_path: Path,
) -> None:
    frame = made(np.random.default_rng(4))
    files = write_parts(frame, tmp_path / "parts", count, suffix)
    whole = next(iter(write_parts(frame, tmp_path / "whole", 1, suffix).iterdir()))
    table = read_table(whole)
    expected = in_memory_of(table).model
    assert_the_same(trained(files, workers).model, expected, table)


def test_profiles_are_exact_but_for_quantiles_within_the_stated_bound(
    in_parts: TrainedInParts, customers: pd.DataFrame
) -> None:
    model = in_parts.model
    assert model.parameters["quantile_error"] == QUANTILE_ERROR
    found = model.assign(customers)["segment_id"]
    spend = customers["Total Spend"]
    for segment in model.segments:
        own = spend[found == segment.id].dropna()
        profile = segment.profile.numeric["Total Spend"]
        assert segment.size == (found == segment.id).sum()
        assert profile.mean == pytest.approx(own.mean())
        assert (profile.minimum, profile.maximum) == (own.min(), own.max())
        for value, share in ((profile.q1, 0.25), (profile.median, 0.5), (profile.q3, 0.75)):
            assert value == pytest.approx(own.quantile(share), rel=QUANTILE_ERROR)
        gold = customers["Membership Type"][found == segment.id].dropna() == "Gold"
        levels = {one.level: one.share for one in segment.profile.levels["Membership Type"]}
        assert levels["Gold"] == pytest.approx(gold.mean())


def test_how_the_rows_are_cut_into_files_does_not_matter(
    in_parts: TrainedInParts, customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    again = trained(write_parts(customers, tmp_path / "seven", 7), workers).model
    model = in_parts.model
    assert again.inertia == pytest.approx(model.inertia, rel=1e-6)
    assert again.centers == pytest.approx(model.centers, abs=1e-5)
    assert [s.size for s in again.segments] == [s.size for s in model.segments]
    assert [s.rules for s in again.segments] == [s.rules for s in model.segments]
    assert again.verdict == model.verdict


def test_text_files_are_read_like_any_text_file(
    in_memory: Trained, customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 3, "csv")
    found = trained(f"{tmp_path}/*.csv", workers)
    assert found.survey.rows_read == CUSTOMERS
    assert found.model.inertia == pytest.approx(in_memory.model.inertia, rel=1e-6)


def test_a_dask_dataframe_is_segmented_like_its_rows(
    in_memory: Trained, customers: pd.DataFrame, workers: Workers
) -> None:
    import dask.dataframe as dd

    found = trained(dd.from_pandas(customers, npartitions=4), workers)
    assert found.model.inertia == pytest.approx(in_memory.model.inertia, rel=1e-6)


def test_data_no_larger_than_the_sample_give_the_very_model_of_memory(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    few = customers.head(600)
    found = trained(write_parts(few, tmp_path / "few", 2), workers).model
    expected = CustomerSegmentation(k_range=RANGE).fit(few).model_
    assert found.inertia == expected.inertia
    assert found.segments == expected.segments


def test_copies_are_left_out_wherever_they_stand_and_the_rows_reconcile(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    twice = pd.concat([customers, customers.head(700)], ignore_index=True)
    survey = trained(write_parts(twice, tmp_path / "twice", 4), workers).survey
    assert survey.rows_read == CUSTOMERS + 700
    assert survey.rows_duplicate == 700
    assert survey.rows_read == survey.rows_used + survey.rows_set_aside + survey.rows_duplicate
    assert "700 exact copies" in survey.notes[0]


def test_rows_with_hardly_any_value_are_not_used(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    gaps = customers.copy()
    gaps.iloc[::40, 1:] = None
    model = trained(write_parts(gaps, tmp_path / "gaps", 2), workers, n_clusters=4).model
    table = Table.from_frame(gaps)
    assert_the_same(model, in_memory_of(table, n_clusters=4).model, table)
    assert model.n_used < CUSTOMERS


def test_assigning_writes_every_row_with_the_segment_it_has_in_memory(
    in_parts: TrainedInParts, parquet: Path, customers: pd.DataFrame, workers: Workers,
    tmp_path: Path,
) -> None:  # fmt: skip
    out = tmp_path / "scored"
    done = assign_in_parts(in_parts.model, str(parquet), str(out), workers)
    scored = pd.read_parquet(out)
    assert done.rows == len(scored) == CUSTOMERS
    expected = in_parts.model.assign(customers)
    assert scored["segment_id"].tolist() == expected["segment_id"].tolist()
    assert scored["confidence"].tolist() == expected["confidence"].tolist()
    assert scored["Customer ID"].tolist() == customers["Customer ID"].tolist()
    with pytest.raises(ParameterError, match="not empty"):
        assign_in_parts(in_parts.model, str(parquet), str(out), workers)


def test_the_work_can_be_cancelled_and_the_workers_go_on(parquet: Path, workers: Workers) -> None:
    def stop(words: str, share: float) -> None:
        if "pass 1" in words:
            raise CancelledError

    with pytest.raises(CancelledError):
        train_in_parts(parquet, Settings(k_range=RANGE), workers, sample_rows=SAMPLE, progress=stop)
    assert trained(parquet, workers, n_clusters=3).model.verdict.k == 3


def test_progress_rises_to_the_end(parquet: Path, workers: Workers) -> None:
    told: list[float] = []
    train_in_parts(
        parquet, Settings(n_clusters=4, k_range=RANGE), workers, sample_rows=SAMPLE,
        progress=lambda _, share: told.append(share),
    )  # fmt: skip
    assert told[-1] == 1.0
    assert all(later >= earlier - 1e-9 for earlier, later in itertools.pairwise(told))


def test_the_estimator_reads_folders(parquet: Path) -> None:
    model = CustomerSegmentation(4, k_range=RANGE).fit(parquet, memory="1.5GB")
    assert sum(segment.size for segment in model.segments_) == CUSTOMERS
    assert not hasattr(model, "labels_")


def test_other_algorithms_are_refused_before_anything_is_read(workers: Workers) -> None:
    with pytest.raises(ParameterError, match="k-means"):
        trained("nowhere", workers, algorithm="gmm")
