"""Large data step by step: the sample knows all rows, and what is changed on it holds for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import (
    ClusterError,
    DataError,
    LargeData,
    ParameterError,
    Role,
    SegmentModel,
    Table,
    Use,
    summarize,
)
from segmentation.cluster.encoding.quantiles import QUANTILE_ERROR
from segmentation.cluster.row_sample import sampled
from segmentation.options import Settings
from segmentation.scale.processes.dask_client import Workers
from tests.dask_cluster import running_cluster
from tests.segmentation.scale.conftest import CUSTOMERS, SAMPLE, write_parts

RARE = "Diamond"
FEW = {"n_clusters": 3, "k_range": (3, 4)}


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a cluster as an operator runs one."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running.address


@pytest.fixture(scope="module")
def people(customers: pd.DataFrame) -> pd.DataFrame:
    """Customers with a tier that is too rare to be in the sample."""
    found = customers.copy()
    found["Membership Type"] = found["Membership Type"].astype("object")
    return found


@pytest.fixture(scope="module")
def data(
    people: pd.DataFrame, scheduler: str, tmp_path_factory: pytest.TempPathFactory
) -> LargeData:
    folder = tmp_path_factory.mktemp("large") / "customers"
    usual = people["Membership Type"].copy()
    for row in range(CUSTOMERS):  # which rows are drawn follows from what they hold
        people["Membership Type"] = usual.where(people.index != row, RARE)
        drawn = sampled(Table.from_frame(people).frame, SAMPLE, Settings().random_state)
        if drawn is not None and row not in drawn:
            break
    return LargeData(str(write_parts(people, folder, 3)), scheduler, None, SAMPLE)


@pytest.fixture(scope="module")
def table(data: LargeData) -> Table:
    return data.look()


def test_the_sample_knows_what_all_rows_hold(table: Table, people: pd.DataFrame) -> None:
    known = table.population
    assert known is not None
    assert (len(table), table.customers, known.rows_read) == (SAMPLE, CUSTOMERS, CUSTOMERS)
    assert known.rows_complete == len(people.dropna())
    numeric, categorical = (frame.set_index("column") for frame in summarize(table))
    spend = people["Total Spend"].dropna()
    told = numeric.loc["Total Spend"]
    assert told["count"] == len(spend)
    assert told["missing"] == people["Total Spend"].isna().sum()
    exact = [spend.mean(), spend.std(), spend.min(), spend.max()]
    np.testing.assert_allclose(told[["mean", "std", "min", "max"]].to_list(), exact, rtol=1e-9)
    quartiles = spend.quantile([0.25, 0.5, 0.75])
    np.testing.assert_allclose(told[["q1", "median", "q3"]].to_list(), quartiles, QUANTILE_ERROR)
    tiers = people["Membership Type"].value_counts()
    assert categorical.loc["Membership Type", "distinct"] == len(tiers)
    assert categorical.loc["Membership Type", "top"] == tiers.index[0]
    assert RARE in table.column("Membership Type").levels
    assert RARE not in set(table.frame["Membership Type"])


def test_rows_of_the_sample_are_rows_of_the_data(table: Table, people: pd.DataFrame) -> None:
    ids = people["Customer ID"].to_numpy()[table.lines - 1]
    assert (table.frame["Customer ID"].to_numpy() == ids).all()


def test_a_stored_sample_still_knows(table: Table) -> None:
    assert Table.from_bytes(table.to_bytes()).population == table.population


def test_changed_columns_hold_for_all_rows(table: Table, data: LargeData) -> None:
    changed = table.with_columns(
        {
            "Membership Type": {"role": "nominal"},
            "Items Purchased": {"role": "ordinal"},
            "Age": {"use": "ignored"},
            "City": {"use": "basis"},
        }
    )
    assert RARE in changed.column("Membership Type").levels
    model = data.train(changed, FEW)
    columns = {column.name: column for column in model.columns}
    assert columns["City"].use == Use.BASIS
    assert columns["Membership Type"].role == Role.NOMINAL
    assert columns["Items Purchased"].role == Role.ORDINAL
    assert "Age" not in columns
    assert model.n_rows == CUSTOMERS
    assert SegmentModel.from_bytes(model.to_bytes()).assign(table.frame)["segment"].notna().all()


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("Membership Type", {"levels": ["Bronze", "Silver", "Gold"]}, "each of its levels"),
        ("Customer ID", {"role": "nominal"}, "more than 200"),
        ("City", {"role": "numeric"}, "not numbers"),
    ],
)
def test_changes_that_do_not_suit_all_rows_are_refused(
    table: Table, name: str, change: dict[str, object], words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        table.with_columns({name: change})


def test_what_only_the_sample_lacks_is_refused(table: Table) -> None:
    assert table.population is not None
    two = table.frame["Membership Type"].where(table.frame["Membership Type"] == "Gold", "Silver")
    pair = Table.from_frame(table.frame.assign(**{"Membership Type": two}))
    column = pair.column("Membership Type")
    assert column.role is Role.BINARY
    with pytest.raises(ParameterError, match="4 different values, not 2"):
        table.population.settle(column, {"role": "binary"})


def test_files_that_changed_since_are_said(
    people: pd.DataFrame, scheduler: str, tmp_path: Path
) -> None:
    folder = write_parts(people.head(900), tmp_path / "few", 1)
    data = LargeData(str(folder), scheduler, None, SAMPLE)
    before = data.look()
    write_parts(people.head(901), folder, 1)
    with pytest.raises(DataError, match="have changed"):
        data.train(before, FEW)


def test_a_scheduler_without_workers_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("segmentation.scale.processes.dask_client._PATIENCE", 1)
    with running_cluster(tmp_path, workers=0) as cluster:
        with pytest.raises(ClusterError, match="no workers") as caught:
            Workers.open(cluster.address)
        assert caught.value.kind == "no_workers"
