"""Files that people really exchange are read as a careful person would read them."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from segmentation import Role, SegmentationError, read_table


def test_the_classic_file(shared_data: Path) -> None:
    table = read_table(shared_data / "ecommerce_customers.csv")

    assert table.frame.shape == (350, 11)
    assert (table.rows_read, table.rows_set_aside, table.rows_duplicate) == (350, 0, 0)
    satisfaction = table.column("Satisfaction Level")
    assert satisfaction.missing == 2
    assert satisfaction.levels == ("Unsatisfied", "Neutral", "Satisfied")
    assert table.frame.loc[table.frame["Satisfaction Level"].isna(), "Customer ID"].tolist() == [
        172,
        244,
    ]
    assert next(i for i in table.issues if i.kind == "missing").lines == (73, 145)
    assert all(column.meaning for column in table.columns)


def test_the_wholesale_file_with_a_byte_order_mark(shared_data: Path) -> None:
    table = read_table(shared_data / "wholesale_customers.csv")

    assert table.frame.shape == (440, 8)
    assert table.columns[0].name == "Channel"
    assert table.roles["Channel"] is Role.BINARY
    assert table.frame["Fresh"].sum() == 5_280_131


def test_the_retail_file_keeps_every_line(shared_data: Path) -> None:
    table = read_table(shared_data / "online_retail.csv.gz", keep_duplicates=True)

    assert (table.rows_read, table.rows_used) == (541_909, 541_909)
    assert table.recipe["encoding"] == "cp1252"
    assert table.frame["Country"].nunique() == 38
    assert table.column("CustomerID").missing == 135_080
    assert table.column("CustomerID").distinct == 4_372
    assert table.roles["InvoiceDate"] is Role.DATE
    assert table.lines[-1] == 541_910
    frame = table.frame
    cancelled = frame["InvoiceNo"].astype("str").str.startswith("C")
    assert int(cancelled.sum()) == 9_288
    sold = frame[~cancelled & frame["CustomerID"].notna() & (frame["UnitPrice"] > 0)]
    assert len(sold) == 397_884
    assert round((sold["Quantity"] * sold["UnitPrice"]).sum(), 2) == 8_911_407.90


def test_the_retail_file_is_recognized_as_transactions(shared_data: Path) -> None:
    table = read_table(shared_data / "online_retail.csv.gz")

    assert (table.rows_read, table.rows_duplicate) == (541_909, 5_268)
    assert any(issue.kind == "transactions" for issue in table.issues)


def test_the_retail_file_takes_a_few_times_what_arrow_alone_takes(shared_data: Path) -> None:
    data = gzip.decompress((shared_data / "online_retail.csv.gz").read_bytes())
    copy = pa.py_buffer(data.decode("latin-1").encode())

    def fastest(work: object) -> float:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            work()  # type: ignore[operator]
            times.append(time.perf_counter() - start)
        return min(times)

    alone = fastest(lambda: pacsv.read_csv(copy))
    ours = fastest(lambda: read_table(data))
    # About 6 alone on two cores; twice that leaves room for what else the machine does.
    assert ours < 12 * alone + 0.5


def test_purchases_aligned_with_blanks(shared_data: Path) -> None:
    table = read_table(shared_data / "cdnow" / "CDNOW_master.txt", keep_duplicates=True)

    assert table.recipe["delimiter"] == "whitespace"
    assert table.rows_used == 69_659
    assert table.frame["customer_id"].nunique() == 23_570
    assert table.frame["customer_id"].iloc[0] == "00001"
    assert str(table.frame["date"].iloc[0].date()) == "1997-01-01"


def spectrum_names() -> list[str]:
    root = Path(__file__).resolve().parents[4] / "shared" / "data" / "csv-spectrum" / "csvs"
    names = sorted(path.stem for path in root.glob("*.csv")) or ["(missing)"]
    return [name for name in names if name != "location_coordinates"]  # its JSON is another file's


@pytest.mark.parametrize("name", spectrum_names())
def test_csv_spectrum(shared_data: Path, name: str) -> None:
    table = read_table(shared_data / "csv-spectrum" / "csvs" / f"{name}.csv")
    expected = json.loads((shared_data / "csv-spectrum" / "json" / f"{name}.json").read_text())
    # The collection's line ends were made uniform on the way here.
    expected = json.loads(json.dumps(expected).replace("\\r\\n", "\\n"))
    found = [
        {key: "" if pd.isna(cell) else str(cell) for key, cell in row.items()}
        for row in table.frame.to_dict("records")
    ]

    assert found == expected


def test_messy_tables_are_read_or_refused_with_a_sentence(shared_data: Path) -> None:
    for path in sorted((shared_data / "messytables" / "horror").iterdir()):
        try:
            table = read_table(path)
        except SegmentationError as refusal:
            outcome = str(refusal).endswith(".")
        else:
            total = table.rows_used + table.rows_set_aside + table.rows_duplicate
            outcome = table.rows_read == total
        assert outcome, path.name


@pytest.mark.parametrize(
    ("name", "shape", "header_line"),
    [
        ("simple.csv", (6, 3), 1),
        ("simple.ssv", (6, 3), 1),
        ("simple.psv", (28, 6), 1),
        ("simple.xlsx", (6, 3), 1),
        ("simple.zip", (6, 3), 1),
        ("mixedGLB.csv", (133, 19), 4),
        ("excel_pasting.csv", (15, 9), 4),
        ("utf-16le_encoded.csv", (327, 19), 1),
        ("skip_initials.csv", (2, 2), 1),
        ("null.csv", (10, 4), 0),
    ],
)
def test_messy_tables_have_the_shape_that_a_person_sees(
    shared_data: Path, name: str, shape: tuple[int, int], header_line: int
) -> None:
    table = read_table(shared_data / "messytables" / "horror" / name)

    assert table.frame.shape == shape
    assert table.recipe["header_line"] == header_line
