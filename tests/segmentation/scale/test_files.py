"""Many files: what fits together is read, what does not is named."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentation import ReadError, read_table
from segmentation.options import Settings
from segmentation.scale.partitions import text_files
from segmentation.scale.partitions.data_set import open_data_set
from segmentation.scale.partitions.part import Part
from segmentation.scale.processes.dask_client import Workers
from segmentation.scale.train_parts import TrainedInParts, train_in_parts
from tests.segmentation.scale.conftest import CUSTOMERS, SAMPLE, write_parts


def at_once(function: object, items: object) -> list[object]:
    """Look at files in this process."""
    return [function(item) for item in items]


def trained(source: object, workers: Workers) -> TrainedInParts:
    return train_in_parts(
        str(source), Settings(n_clusters=4, k_range=(3, 4)), workers, sample_rows=SAMPLE
    )


def test_a_damaged_file_among_many_is_named(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 4)
    file = tmp_path / "part-2.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 4 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 4)
    file.write_bytes(data)
    with pytest.raises(ReadError, match=r"part-2\.parquet is damaged"):
        trained(tmp_path, workers)


def test_a_file_cut_short_is_named(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 3)
    file = tmp_path / "part-1.parquet"
    file.write_bytes(file.read_bytes()[:2_000])
    with pytest.raises(ReadError, match=r"part-1\.parquet is damaged"):
        trained(tmp_path, workers)


def test_numbers_that_are_text_in_one_file_are_read_as_numbers(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 3)
    file = tmp_path / "part-1.parquet"
    frame = pd.read_parquet(file)
    frame["Total Spend"] = frame["Total Spend"].astype("str")
    frame["Age"] = frame["Age"].astype("float32")
    frame.to_parquet(file, index=False)
    column = trained(tmp_path, workers).model.columns
    spend = next(one for one in column if one.name == "Total Spend")
    assert (spend.minimum, spend.maximum) == (
        customers["Total Spend"].min(),
        customers["Total Spend"].max(),
    )


def test_a_column_that_holds_something_else_in_one_file_is_named_with_it(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 3)
    file = tmp_path / "part-2.parquet"
    frame = pd.read_parquet(file)
    frame["Age"] = "forty"
    frame.to_parquet(file, index=False)
    with pytest.raises(ReadError, match=r"“Age” holds numbers .* cells of part-2\.parquet"):
        trained(tmp_path, workers)


def test_a_file_that_lacks_a_column_is_named(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 2, "csv")
    file = tmp_path / "part-1.csv"
    pd.read_csv(file).drop(columns="Age").to_csv(file, index=False)
    with pytest.raises(ReadError, match=r"part-1\.csv lacks the column “Age” of part-0\.csv"):
        trained(f"{tmp_path}/*.csv", workers)


def test_nothing_at_a_place_is_said(workers: Workers, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no files"):
        trained(f"{tmp_path}/*.parquet", workers)
    with pytest.raises(ReadError, match="no such file"):
        trained(tmp_path / "nowhere", workers)


def test_nested_columns_are_named(workers: Workers, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2], "b": [[1], [2]]}), tmp_path / "x.parquet")
    with pytest.raises(ReadError, match=r"“b” of x\.parquet"):
        trained(tmp_path, workers)


def test_files_are_found_by_url(customers: pd.DataFrame, workers: Workers, tmp_path: Path) -> None:
    folder = write_parts(customers, tmp_path / "by url", 2)
    assert trained(f"file://{folder}", workers).survey.rows_read == CUSTOMERS


def test_rows_that_cannot_be_read_are_counted_and_told(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 2, "csv")
    with (tmp_path / "part-1.csv").open("a") as stream:
        stream.write("1,2,3\n" * 5)
    survey = trained(f"{tmp_path}/*.csv", workers).survey
    assert (survey.rows_read, survey.rows_set_aside) == (CUSTOMERS + 5, 5)
    assert "5 rows were set aside" in survey.notes[0]


def read_all(parts: list[Part], plans: tuple[object, ...]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for part in parts:
        for batch in part.batches(plans, None):
            cells = [batch.columns[plan.name].to_series().fillna("") for plan in plans]
            rows += list(zip(*cells, strict=True))
    return rows


@pytest.mark.parametrize("block", [64, 100, 333, 5_000])
def test_blocks_are_cut_between_records_even_where_cells_hold_line_ends(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "BLOCK", block)
    monkeypatch.setattr(text_files, "_TAIL", 16)
    rng = np.random.default_rng(3)
    lines = ["id,note,spend"]
    for i in range(120):
        note = '"two\nlines, ""quoted"""' if rng.random() < 0.3 else "plain"
        lines.append(f"{i},{note},{i * 2}.5")
    (tmp_path / "notes.csv").write_text("\n".join(lines) + "\n")
    data = open_data_set(str(tmp_path / "notes.csv"), {}, at_once)
    assert len(data.parts) == -(-len("\n".join(lines) + "\n") // block)
    rows = read_all(list(data.parts), data.plans)
    whole = read_table(tmp_path / "notes.csv", keep_duplicates=True).frame
    assert [row[0] for row in rows] == [str(i) for i in range(120)]
    assert [row[1] for row in rows] == whole["note"].tolist()
    positions = [
        line for part in data.parts for batch in part.batches(data.plans, None)
        for line in batch.lines.tolist()
    ]  # fmt: skip
    assert len(set(positions)) == 120


def test_text_files_in_another_order_of_columns_fit(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 2, "csv")
    file = tmp_path / "part-1.csv"
    pd.read_csv(file).iloc[:, ::-1].to_csv(file, index=False)
    survey = trained(f"{tmp_path}/*.csv", workers).survey
    assert survey.rows_used == CUSTOMERS
    assert not survey.notes


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_words_in_one_file_and_numbers_in_others_are_told(
    suffix: str, customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    mixed = customers.assign(Age=customers["Age"].astype("object"))
    mixed.loc[: len(mixed) // 3 - 1, "Age"] = "forty"
    write_parts(mixed.iloc[: len(mixed) // 3], tmp_path, 1, suffix)
    (tmp_path / f"part-0.{suffix}").rename(tmp_path / f"first.{suffix}")
    write_parts(customers.iloc[len(mixed) // 3 :], tmp_path, 2, suffix)
    survey = trained(tmp_path, workers).survey
    words = f"Age holds words in first.{suffix}, but numbers in part-0.{suffix} and 1 more"
    assert any(words in note for note in survey.notes)


def test_a_file_without_any_byte_is_named(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 2, "csv")
    (tmp_path / "part-1.csv").write_bytes(b"")
    with pytest.raises(ReadError, match=r"part-1\.csv: The file is empty"):
        trained(tmp_path, workers)


def test_a_dask_dataframe_that_fails_is_said(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    import dask.dataframe as dd

    write_parts(customers.dropna().assign(Age=30), tmp_path, 2, "csv")
    file = tmp_path / "part-1.csv"
    pd.read_csv(file).assign(Age=30.5).to_csv(file, index=False)
    frame = dd.read_csv(f"{tmp_path}/*.csv")
    with pytest.raises(ReadError, match="cannot be computed: Mismatched dtypes"):
        train_in_parts(frame, Settings(k_range=(3, 4)), workers, sample_rows=SAMPLE)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder, and says nothing of it."""

    def log_request(self, *_: object) -> None:
        """Keep the tests' output clean."""

    log_error = log_request


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    serve = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_files_are_read_from_a_web_server(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 1, "csv")
    with web_server(tmp_path) as address:
        survey = trained(f"{address}/", workers).survey  # its listing tells no sizes
        assert survey.rows_read == CUSTOMERS
        with pytest.raises(ReadError, match="no such file"):
            trained(f"{address}/nothing.csv", workers)


def test_a_server_that_sends_whole_files_only_is_said_where_parts_are_needed(
    customers: pd.DataFrame, workers: Workers, tmp_path: Path
) -> None:
    write_parts(customers, tmp_path, 1, "parquet")
    with web_server(tmp_path) as address, pytest.raises(ReadError, match="sends whole files only"):
        trained(f"{address}/part-0.parquet", workers)
