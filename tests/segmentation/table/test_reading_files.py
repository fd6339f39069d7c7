"""What a file is is judged by its content, within limits, and said in one clear sentence."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from segmentation import read_table, sample_customers
from segmentation.errors import ParameterError, ReadError
from segmentation.table.files.workbook_extent import check_extent
from segmentation.table.schema.limits import Limits

SMALL = b"a,b\n1,2\n3,4\n"


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    """Write rows into a workbook; dates get a date format."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(i, j, cell)
    return sink.getvalue()


def archive(**members: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members.items():
            zipped.writestr(name.replace("_", "."), data)
    return sink.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.to_parquet(sink)
    return sink.getvalue()


PEOPLE: list[list[Any]] = [
    ["Id", "Joined", "Spend", "Vip"],
    [1, dt.date(2024, 1, 31), 10.5, True],
    [2, dt.date(2024, 2, 1), 20.25, False],
    [3, dt.date(2024, 3, 1), 30, True],
]


def test_a_path_bytes_and_an_open_file_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes(SMALL)
    with path.open("rb") as file:
        from_file = read_table(file)
    from_path, from_text = read_table(path), read_table(str(path))

    assert from_file.frame.equals(from_path.frame)
    assert from_file.name == from_path.name == from_text.name == "customers.csv"
    assert read_table(SMALL).name == "data"
    assert read_table(SMALL, name="q4.csv").name == "q4.csv"


@pytest.mark.parametrize("source", [12, None, ["a.csv"], io.StringIO("a,b\n1,2\n")])
def test_other_sources_are_refused(source: Any) -> None:
    with pytest.raises(ParameterError):
        read_table(source)


def test_a_wrong_path_and_a_folder_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="There is no file") as missing:
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(ReadError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(ReadError, match="There is no file"):
        read_table("a\x00b.csv")

    assert missing.value.kind == "missing_file"


REFUSED = {
    "nothing": (b"", "empty", "0 bytes"),
    "blank": (b" \n\n\t\r\n", "empty", "no text"),
    "only a mark": (b"\xef\xbb\xbf", "empty", "no text"),
    "only delimiters": (b",,\n,,\n", "empty", "hold nothing"),
    "header only": (b"a,b,c\n", "no_rows", "no rows"),
    "one column": (b"a\n1\n2\n3\n", "one_column", "only one column"),
    "prose": (b"Dear all,\nplease find\nthe list below.\n", "one_column", "only one column"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(100), "unsupported", "PNG picture"),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(100), "unsupported", "JPEG picture"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "unsupported", "PDF document"),
    "EXE": (b"MZ\x90\x00\x03" + bytes(100), "unsupported", "program"),
    "ELF": (b"\x7fELF\x02" + bytes(100), "unsupported", "program"),
    "random bytes": (bytes(range(256)) * 40, "unsupported", "binary data"),
    "zeros": (bytes(10_000), "unsupported", "binary data"),
    "HTML": (b"<!DOCTYPE html>\n<table><tr><td>1</td></tr></table>", "unsupported", "web page"),
    "JSON": (b'[{"a": 1, "b": 2}]', "unsupported", "JSON"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unsupported", "another kind"),
    "gzip cut off": (gzip.compress(SMALL)[:-6], "damaged", "gzip archive is damaged"),
    "zip cut off": (archive(t_csv=SMALL)[:-30], "damaged", "zip archive is damaged"),
    "two tables": (archive(a_csv=SMALL, b_csv=SMALL), "unsupported", "2 files"),
    "archive in archive": (gzip.compress(gzip.compress(SMALL)), "unsupported", "inside an archive"),
    "Parquet cut off": (b"PAR1" + bytes(50), "damaged", "Parquet file is damaged"),
    "UTF-16 cut off": (b"\xff\xfea\x00,", "encoding", "damaged further on"),
    "EBCDIC": ("id;Umsatz\n1;2\n3;4\n5;6\n".encode("cp500"), "encoding", "EBCDIC"),
    "open quotes everywhere": (b'a,b\n' + b'"x,1\n' * 500, "damaged", "never closed"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_with_a_reason(case: str) -> None:
    data, kind, sentence = REFUSED[case]
    with pytest.raises(ReadError, match=sentence) as refusal:
        read_table(data)

    assert refusal.value.kind == kind


@pytest.mark.parametrize("data", [gzip.compress(SMALL), archive(t_csv=SMALL)], ids=["gzip", "zip"])
def test_an_archive_is_opened_but_must_not_be_called_csv(data: bytes) -> None:
    assert read_table(data).rows_used == 2
    assert read_table(data, name="customers.csv.gz").rows_used == 2
    with pytest.raises(ReadError, match="name says text") as refusal:
        read_table(data, name="customers.csv")
    assert refusal.value.kind == "unsupported"


def test_a_workbook_is_read_whatever_it_is_called() -> None:
    table = read_table(workbook(("Customers", PEOPLE)), name="customers.csv")

    assert table.frame["Spend"].tolist() == [10.5, 20.25, 30.0]
    assert table.frame["Joined"].dt.day.tolist() == [31, 1, 1]
    assert table.column("Vip").levels == ("FALSE", "TRUE")
    assert table.recipe["format"] == "xlsx"
    assert table.recipe["sheet"] == "Customers"


def test_titles_above_a_worksheet_table_are_skipped_and_lines_are_its_own() -> None:
    rows = [["Customer report"], [], ["made", "today"], *PEOPLE, [], ["Total", None, 60.75]]
    table = read_table(workbook(("Report", rows)))

    assert table.recipe["header_line"] == 4
    assert table.lines.tolist() == [5, 6, 7]
    assert table.rejects["line"].tolist() == [9]


def test_the_first_sheet_with_a_table_is_read_and_others_can_be_chosen() -> None:
    other = [["x", "y"], [1, 2], [3, 4], [5, 6]]
    data = workbook(("Notes", [["read me"]]), ("People", PEOPLE), ("Other", other))

    assert read_table(data).recipe["sheet"] == "People"
    assert read_table(data, sheet="Other").frame["y"].tolist() == [2, 4, 6]
    assert read_table(data, sheet=2).recipe["sheet"] == "Other"
    assert next(i for i in read_table(data).issues if i.kind == "other_sheets").count == 2
    with pytest.raises(ReadError, match="no sheet “Nope”"):
        read_table(data, sheet="Nope")


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(ReadError, match="workbook is empty"):
        read_table(workbook(("Sheet1", [])))


def test_parquet_csv_and_workbook_give_the_same_customers() -> None:
    frame = sample_customers(60, seed=4, missing=0.03)
    text = read_table(frame.to_csv(index=False).encode())
    columnar = read_table(parquet(frame))
    sheet = read_table(
        workbook(
            (
                "S",
                [
                    list(frame.columns),
                    *frame.astype(object).where(frame.notna(), None).to_numpy().tolist(),
                ],
            )
        )
    )

    assert columnar.roles == text.roles == sheet.roles
    for name in ("Age", "Total Spend", "Average Rating", "City"):
        assert columnar.frame[name].equals(text.frame[name])
        assert sheet.frame[name].equals(text.frame[name])


def test_the_one_table_of_an_archive_is_read_and_the_notes_beside_it_are_named() -> None:
    table = read_table(archive(t_csv=SMALL, README_txt=b"Made by x.", terms_pdf=b"%PDF-1.4"))
    assert table.rows_used == 2
    told = next(issue for issue in table.issues if issue.kind == "other_files")
    assert (told.count, told.examples) == (2, ("README.txt", "terms.pdf"))


@pytest.mark.parametrize("value", [[1, 2], {"x": 1}, b"\xff\xfe"])
def test_a_parquet_column_that_holds_no_cells_is_named(value: Any) -> None:
    with pytest.raises(ReadError, match="“odd” of the Parquet file holds lists") as refusal:
        read_table(parquet(pd.DataFrame({"a": [1, 2], "odd": [value, value]})))
    assert refusal.value.kind == "unsupported"


def test_parquet_with_one_column_or_no_rows_is_refused() -> None:
    with pytest.raises(ReadError, match="only one column"):
        read_table(parquet(pd.DataFrame({"a": [1, 2]})))
    with pytest.raises(ReadError, match="no rows"):
        read_table(parquet(pd.DataFrame({"a": [], "b": []})))


def many_columns(count: int) -> bytes:
    names = ",".join(f"c{i}" for i in range(count))
    return f"{names}\n{','.join('1' * count)}\n".encode()


def far_cell(row: int, column: int) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(row, column, 1)
    return sink.getvalue()


def far_ods() -> bytes:
    """An OpenDocument sheet of two rows with a million empty ones between them."""
    cell = '<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
    row = "<table:table-row{more}>{cells}</table:table-row>"
    empty = row.format(more=' table:number-rows-repeated="1000000"', cells="<table:table-cell/>")
    filled = row.format(more="", cells=cell)
    content = (
        '<?xml version="1.0"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{filled}{empty}{filled}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", content)
    return sink.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], Limits, str]] = {
    "too many bytes": (lambda: SMALL * 1000, Limits(file_bytes=5000), "MB can be read"),
    "too many rows": (lambda: b"a,b\n" + b"1,2\n" * 200, Limits(rows=100), "more than 100 rows"),
    "too many ragged rows": (
        lambda: b"a,b\n1,2\n" + b"1,2,3\n" * 200, Limits(rows=100), "more than 100 rows",
    ),
    "too many columns": (lambda: many_columns(501), Limits(), "501 columns"),
    "a million columns": (lambda: many_columns(1_000_000), Limits(), "header line is longer"),
    "one endless line": (lambda: b"x" * 1_000_000, Limits(), "header line is longer"),
    "endless rows": (
        lambda: b"a,b\n" + (b"1," * 300_000 + b"1\n") * 2, Limits(), "300,001 columns",
    ),
    "a far cell": (lambda: far_cell(1_048_575, 16_383), Limits(), "reaches to row 1,048,576"),
    "a cell far below": (lambda: far_cell(1_048_575, 1), Limits(), "nearly all of its rows are"),
    "a cell far below in OpenDocument": (far_ods, Limits(), "nearly all of its rows are empty"),
    "a cell far to the right": (lambda: far_cell(1, 16_383), Limits(), "16,384 columns"),
    "a zip bomb": (lambda: archive(t_csv=b"1,2\n" * 5_000_000), Limits(), "200 times its size"),
    "a gzip bomb": (lambda: gzip.compress(bytes(30_000_000)), Limits(), "200 times its size"),
    "a large archive": (
        lambda: gzip.compress(SMALL * 1000), Limits(unpacked_bytes=5000), "unpacks to more than",
    ),
    "too many members": (
        lambda: archive(**{f"f{i}_csv": b"" for i in range(50)}), Limits(members=20), "50 files",
    ),
}  # fmt: skip


def test_formulas_far_below_make_no_sheet_sparse() -> None:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, [1, 2])
    chain = b'<calcChain><c r="A500000" i="1"/></calcChain>'
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr("xl/calcChain.xml", chain)
    check_extent(sink.getvalue(), Limits())


@pytest.mark.parametrize("bomb", BOMBS)
def test_every_limit_has_its_own_sentence(bomb: str) -> None:
    make, limits, sentence = BOMBS[bomb]
    with pytest.raises(ReadError, match=sentence) as refusal:
        read_table(make(), limits=limits)

    assert refusal.value.kind == "too_large"


def test_a_file_beyond_the_memory_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*arguments: object, **more: object) -> None:
        raise MemoryError

    monkeypatch.setattr("segmentation.table.reading.assemble", fails)
    with pytest.raises(ReadError, match="more memory than there is") as refusal:
        read_table(SMALL)
    assert refusal.value.kind == "too_large"
