"""Whatever the bytes: a table that reconciles, or a sentence. Never anything else."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmentation import SegmentationError, Table, association, read_table, summarize

#: The nightly run sets this to 10000.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))

quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

CELLS = st.sampled_from(
    [
        "", " ", "1", "-1", "1.5", "1,5", "1.234", "1,234.50", "1.234,50", "$3", "12 %", "(4)",
        "1e9", "1e999", "99999999999999999999", "007", "abc", "Gold", "gold", "n/a", "NULL",
        "-", "TRUE", "no", "2024-01-31", "31.12.2023", "1/2/24", "2024-02-30", "0000-00-00",
        "25:61", "Total", '"', '""', '"open', "a\nb", "a\r\nb", "a,b", "a;b", "ü", "€ 5",
        "\u00a0", "=1+1", "'", "\x00", "ann@example.com", "+49 170 123456", "#DIV/0!", "\ufeff",
        "x" * 300, "1 234", "٣", "½",
    ]
)  # fmt: skip


def reconciles(table: Table) -> bool:
    total = table.rows_used + table.rows_set_aside + table.rows_duplicate
    return (
        table.rows_read == total
        and len(table.frame) == table.rows_used
        and len(table.rejects) == table.rows_set_aside
        and bool((pd.Series(table.lines).diff().dropna() > 0).all())
    )


def check(data: bytes, **choices: Any) -> Table | None:
    """Read bytes; where that works, do with the table what the portal does."""
    try:
        table = read_table(data, **choices)
    except SegmentationError as refusal:
        sentence = str(refusal)
        table = None
    if table is None:
        assert sentence.endswith(".")
        return None
    assert reconciles(table)
    assert Table.from_bytes(table.to_bytes()).describe() == table.describe()
    json.dumps(table.describe(), allow_nan=False)
    matrix = association(table.frame, table.columns)
    assert matrix.isna().sum().sum() == 0
    summarize(table)
    meanings = [column.meaning for column in table.columns if column.meaning]
    assert len(meanings) == len(set(meanings))
    return table


@quick
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    check(data)


@quick
@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]))
def test_any_text(text: str, encoding: str) -> None:
    check(text.encode(encoding, errors="ignore"))


@quick
@given(
    rows=st.lists(st.lists(CELLS, max_size=6), max_size=15),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_cells_as_they_are(rows: list[list[str]], delimiter: str, line_end: str) -> None:
    check(line_end.join(delimiter.join(row) for row in rows).encode())


@quick
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=15),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_every_row_of_a_well_formed_file_is_accounted_for(
    rows: list[list[str]], delimiter: str
) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["alpha", "beta", "gamma"])
    writer.writerows([[cell.replace("\x00", "") for cell in row] for row in rows])
    table = check(sink.getvalue().encode(), delimiter=delimiter, header_line=1)

    if table is not None:
        assert table.rows_read == len(rows)


#: Cells without quotes and line ends, of which a row can be anything.
SIMPLE = st.sampled_from(
    [
        "1",
        "2.5",
        "2,5",
        "abc",
        "Gold",
        "n/a",
        "-",
        "2024-01-31",
        "Total",
        "x y",
        "#",
        "Summe",
        "---",
    ]
)


@quick
@given(
    rows=st.lists(st.lists(SIMPLE, min_size=1, max_size=6), min_size=1, max_size=40),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    repeat=st.integers(1, 3),
)
def test_every_line_of_a_ragged_file_is_accounted_for(
    rows: list[list[str]], line_end: str, repeat: int
) -> None:
    lines = ["alpha;beta;gamma", *[";".join(row) for row in rows] * repeat]
    table = check((line_end.join(lines) + line_end).encode(), delimiter=";", header_line=1)

    if table is not None:
        assert table.rows_read == len(rows) * repeat
        places = [*table.lines.tolist(), *table.rejects.iloc[:, -2].tolist()]
        assert len(set(places)) == len(places)
        assert set(places) <= set(range(2, len(lines) + 1))


@quick
@given(
    rows=st.lists(st.tuples(st.integers(0, 5), SIMPLE, SIMPLE), min_size=2, max_size=40),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_the_sum_of_rows_is_that_of_the_lines_whatever_is_chosen(
    rows: list[tuple[int, str, str]], delimiter: str
) -> None:
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter).writerows([("id", "alpha", "beta"), *rows])
    table = check(
        sink.getvalue().encode(), delimiter=delimiter, header_line=1,
        fixes={"duplicate_row": "drop", "repeated_customer": "keep_last",
               "not_a_number": "set_aside"},
    )  # fmt: skip

    if table is not None:
        assert table.rows_read == len(rows)


@quick
@given(data=st.data())
def test_a_damaged_customer_file(data: st.DataObject) -> None:
    lines = ["id,age,tier,spend,joined"]
    lines += [
        f"{i},{20 + i},{'Gold' if i % 2 else 'Silver'},{i}.50,2024-01-{i:02d}" for i in range(1, 25)
    ]
    body = bytearray("\n".join(lines).encode())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 6))] = data.draw(
            st.one_of(st.binary(max_size=3), CELLS.map(str.encode))
        )
    check(bytes(body))


@quick
@given(
    st.dictionaries(
        st.text(max_size=12),
        st.lists(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
                st.datetimes(), st.decimals(allow_nan=True), st.binary(max_size=3),
            ),
            min_size=6, max_size=6,
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_any_frame(columns: dict[str, list[Any]]) -> None:
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    table = Table.from_frame(frame)

    assert table.rows_used == 6
    assert Table.from_bytes(table.to_bytes()).describe() == table.describe()
    association(table.frame, table.columns)
    summarize(table)


@quick
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=30, unique=True),
    st.sampled_from([".", ","]),
)
def test_numbers_come_back_as_they_were_written(numbers: list[float], decimal: str) -> None:
    rows = "".join(f"k{i};{x:.4f}\n".replace(".", decimal) for i, x in enumerate(numbers))
    table = read_table(f"key;amount\n{rows}".encode(), keep_duplicates=True)

    assert table.frame["amount"].tolist() == [round(x, 4) for x in numbers]
