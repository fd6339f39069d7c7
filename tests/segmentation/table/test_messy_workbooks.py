"""Workbooks, Parquet files and archives as programs and people leave them."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from segmentation import ReadError, read_table
from tests.messy import NAMES, ROWS, Case, case, check, csv_text

TABLE = (NAMES, *ROWS)


def put(sheet: Any, rows: Sequence[Sequence[Any]], row: int = 0, column: int = 0) -> Any:
    for i, cells in enumerate(rows):
        for j, cell in enumerate(cells):
            if cell is not None:
                sheet.write(i + row, j + column, cell)
    return sheet


def book(build: Callable[[Any], Any], **options: Any) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, **options}) as made:
        build(made)
    return sink.getvalue()


def one_sheet(*more: tuple[int, int, Any], **where: int) -> bytes:
    def build(made: Any) -> None:
        sheet = put(made.add_worksheet(), TABLE, **where)
        for row, column, cell in more:
            sheet.write(row, column, cell)

    return book(build)


def hidden_first(made: Any) -> None:
    hidden = put(made.add_worksheet("H"), [("x", "y"), (1, 2)])
    shown = put(made.add_worksheet("Shown"), TABLE)
    shown.activate()
    shown.set_first_sheet()
    hidden.hide()


def cover_and_chart(made: Any) -> None:
    made.add_worksheet("Cover").write(0, 0, "About this file")
    made.add_chartsheet("Chart")
    put(made.add_worksheet("Data"), TABLE)


def merged_headers(made: Any) -> None:
    sheet = made.add_worksheet()
    sheet.merge_range(0, 0, 1, 0, "Customer")
    sheet.merge_range(0, 1, 0, 2, "Spend")
    sheet.merge_range(0, 3, 0, 4, "Visits")
    put(sheet, [(None, "2023", "2024", "2023", "2024")], 1)
    put(sheet, [(i, i + 0.5, i + 0.25, i, i + 1) for i in range(1, 9)], 2)


def with_dates(made: Any) -> None:
    sheet = put(made.add_worksheet(), [NAMES, *(row[:4] for row in ROWS)])
    shown = made.add_format({"num_format": "dd.mm.yyyy"})
    for i, row in enumerate(ROWS, 1):
        sheet.write_datetime(i, 4, dt.datetime.fromisoformat(row[4]), shown)


def with_formulas(made: Any) -> None:
    sheet = put(made.add_worksheet(), [("id", "a", "b")])
    for i in range(1, 9):
        sheet.write(i, 0, i)
        sheet.write_formula(i, 1, "=A2/0", None, "#DIV/0!" if i == 3 else i * 2)
        sheet.write(i, 2, f"{i},5")


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def zipped(**members: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


TEXT = csv_text().encode()
FRAME = pd.DataFrame(ROWS, columns=list(NAMES))
SPREADSHEETS = [
    case("table", one_sheet()),
    case("table amid the sheet", one_sheet(row=5, column=3)),
    case("title", one_sheet((0, 0, "Report"), (1, 0, "by Ann"), row=3), issues=("lines_above",)),
    case("notes below", one_sheet((16, 0, "Source: shop"), (17, 0, "* provisional")), aside=2),
    case("total", one_sheet((15, 0, "Summe"), (15, 2, 462.0), (15, 3, 42)), aside=1),
    case("blank cells far below", one_sheet((40, 0, " "), (41, 2, ""))),
    case("hidden sheet first", book(hidden_first)),
    case("hidden sheet chosen", book(hidden_first), names=("x", "y"), rows=[(1, 2)],
         choices={"sheet": "H"}),
    case("cover and chart first", book(cover_and_chart), issues=("other_sheets",)),
    case("dates", book(with_dates)),
    case("dates counted from 1904", book(with_dates, date_1904=True)),
    case("merged headers", book(merged_headers), issues=("header_rows",),
         names=("Customer", "Spend 2023", "Spend 2024", "Visits 2023", "Visits 2024"),
         rows=[(i, i + 0.5, i + 0.25, i, i + 1) for i in range(1, 9)]),
    case("formulas, errors, numbers as text", book(with_formulas), names=("id", "a", "b"),
         rows=[(i, None if i == 3 else i * 2, i + 0.5) for i in range(1, 9)]),
]  # fmt: skip
PARQUETS = [
    case("plain", parquet(pa.Table.from_pandas(FRAME, preserve_index=False))),
    case("index with a name", parquet(pa.Table.from_pandas(FRAME.set_index("Customer ID")))),
    case("index without a name", parquet(pa.Table.from_pandas(FRAME.iloc[::-1]))
         , rows=ROWS[::-1]),
    case("categories", parquet(pa.Table.from_pandas(FRAME.astype({"City": "category"})))),
    case("timestamps", parquet(pa.Table.from_pandas(FRAME.assign(
        Joined=pd.to_datetime(FRAME["Joined"]).dt.tz_localize("UTC"))))),
    case("decimals", parquet(pa.Table.from_pandas(FRAME.assign(
        Spend=[Decimal(str(spend)) for spend in FRAME["Spend"]])))),
]  # fmt: skip
ARCHIVES = [
    case("gzip", gzip.compress(TEXT)),
    case("gzip in two parts", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
    case("zip", zipped(table=TEXT)),
    case("zip of a Mac", zipped(table=TEXT, **{"__MACOSX/._table": b"x", ".DS_Store": b"y"})),
    case("zip with a workbook", zipped(table=one_sheet())),
]


@pytest.mark.parametrize("one", [*SPREADSHEETS, *PARQUETS, *ARCHIVES], ids=lambda one: one.name)
def test_a_binary_file_with(one: Case) -> None:
    check(one)


def rewritten(member: str, change: Callable[[bytes], bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(one_sheet())) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name.endswith(member) else data)
    return sink.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (one_sheet()[:3000], "damaged"),
        (rewritten("sheet1.xml", lambda xml: xml[: len(xml) // 2]), "damaged"),
        (rewritten("sheet1.xml", lambda xml: LAUGHS + xml.partition(b"?>")[2]), "damaged"),
        (rewritten("sharedStrings.xml", lambda xml: b""), "damaged"),
        (book(lambda made: made.add_worksheet()), "empty"),
        (book(lambda made: put(made.add_worksheet(), [NAMES])), "no_rows"),
        (parquet(pa.table({"id": [1, 2], "v": [[1], [2, 3]]})), "unsupported"),
        (parquet(pa.table({"id": pa.array([], pa.int64()), "v": pa.array([], "f8")})), "no_rows"),
        (parquet(pa.table({"id": [1, 2]}))[:-20], "damaged"),
        (gzip.compress(TEXT)[:-10], "damaged"),
        (zipped(a=TEXT, b=TEXT), "unsupported"),
        (zipped(a=zipped(b=TEXT)), "unsupported"),
        (zipped(a=b"a,b\n" + b"1,2\n" * 2_000_000), "too_large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unsupported"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 99, "damaged"),
    ],
)
def test_a_binary_file_is_refused_for_its_reason(data: bytes, kind: str) -> None:
    with pytest.raises(ReadError) as refusal:
        read_table(data)
    assert refusal.value.kind == kind
    assert str(refusal.value).endswith(".")


def spreadsheet(rows: str) -> bytes:
    """An OpenDocument sheet."""
    body = (
        '<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" '
        'xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="A">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
        **{"content.xml": body.encode()},
    )


def test_repeated_cells_that_would_fill_the_memory_are_refused() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" {}><text:p>1</text:p>'
    many = cell.format('table:number-columns-repeated="16000"') + "</table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="1000000">{many}</table:table-row>'
    with pytest.raises(ReadError, match="too far"):
        read_table(spreadsheet(row))


@pytest.mark.parametrize(
    ("name", "shape"),
    [("simple.xls", (6, 3)), ("simple.ods", (3, 3)), ("blank_line.ods", (3, 3)),
     ("large.ods", (23_760, 5)), ("span_rich.xls", (5, 4))],
)  # fmt: skip
def test_workbooks_of_other_programs_are_read(
    shared_data: Path, name: str, shape: tuple[int, int]
) -> None:
    table = read_table(shared_data / "messytables" / "horror" / name, keep_duplicates=True)
    assert table.frame.shape == shape


def test_a_locked_workbook_is_called_so(shared_data: Path) -> None:
    with pytest.raises(ReadError, match="password"):
        read_table(shared_data / "messytables" / "horror" / "encrypted_no_password.xls")
