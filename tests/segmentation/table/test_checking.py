"""Nothing is lost and nothing is silent: every row is used, set aside or a counted copy."""

from __future__ import annotations

import io

from segmentation import Table, read_table


def sums(table: Table) -> tuple[int, int, int, int]:
    return table.rows_read, table.rows_used, table.rows_set_aside, table.rows_duplicate


def test_exact_copies_are_counted_and_left_out() -> None:
    table = read_table(b"id,a\n1,2\n1,2\n2,2\n1,2\n3,5\n")

    assert sums(table) == (5, 3, 0, 2)
    assert table.lines.tolist() == [2, 4, 6]
    assert next(i for i in table.issues if i.kind == "duplicate_row").lines == (3, 5)


def test_copies_can_be_kept_for_scoring() -> None:
    assert sums(read_table(b"id,a\n1,2\n1,2\n2,2\n", keep_duplicates=True)) == (3, 3, 0, 0)


CATEGORIES = (
    "Gender,City,Plan,Channel\n"
    + "".join(
        f"{'FM'[i % 2]},{('Rome', 'Oslo', 'Lima')[i % 3]},{('Free', 'Pro')[i // 7 % 2]},{i % 5}\n"
        for i in range(200)
    )
).encode()


def test_customers_who_look_alike_are_all_kept_where_no_column_tells_them_apart() -> None:
    table = read_table(CATEGORIES)
    issue = next(i for i in table.issues if i.kind == "duplicate_row")

    assert sums(table) == (200, 200, 0, 0)
    assert issue.count > 100
    assert "all are kept; you can leave the copies out" in issue.suggestion
    assert issue.fixes == ("keep", "drop")


def test_customers_who_look_alike_can_be_left_out() -> None:
    table = read_table(CATEGORIES, fixes={"duplicate_row": "drop"})

    assert table.rows_used + table.rows_duplicate == table.rows_read == 200
    assert table.rows_duplicate > 100


def test_rare_copies_are_left_out_even_without_ids() -> None:
    rows = [f"{i},{i * 1.5}\n" for i in range(50)]
    table = read_table(("visits score,spend\n" + "".join([*rows, *rows[:3]])).encode())

    assert sums(table) == (53, 50, 0, 3)


def test_copies_of_amounts_that_seldom_repeat_are_left_out_without_ids() -> None:
    assert sums(read_table(b"visits,spend\n1,2.5\n1,2.5\n3,4.5\n")) == (3, 2, 0, 1)
    rows = "".join(f"{i % 5},{i * 1.5}\n" for i in range(50))
    assert sums(read_table(("visits,spend\n" + rows + rows).encode())) == (100, 50, 0, 50)


def test_customers_of_the_same_age_and_gender_are_kept_without_ids() -> None:
    rows = "".join(f"{18 + i * 7 % 50},{'FM'[i % 3 % 2]}\n" for i in range(1000))
    assert sums(read_table(("Age,Gender\n" + rows).encode())) == (1000, 1000, 0, 0)


def test_a_file_that_was_put_together_twice_is_halved_where_there_are_ids() -> None:
    rows = "".join(f"C{i:03d},{i % 4},{'ab'[i % 2]}\n" for i in range(60))

    assert sums(read_table(("customer id,visits,tier\n" + rows + rows).encode())) == (
        120,
        60,
        0,
        60,
    )


def test_equal_customers_with_different_ids_are_different_customers() -> None:
    assert sums(read_table(b"id,a\n1,2\n2,2\n3,2\n")) == (3, 3, 0, 0)


def test_the_same_id_with_different_data_is_reported_and_kept() -> None:
    rows = "".join(f"{i},{i}\n" for i in range(20))
    table = read_table(f"customer id,spend\n{rows}5,99\n".encode())
    issue = next(i for i in table.issues if i.kind == "repeated_customer")

    assert table.rows_used == 21
    assert (issue.count, issue.lines, issue.examples) == (2, (7, 22), ("5",))
    assert issue.fixes == ("keep_all", "keep_last", "stop")


def test_one_row_for_each_transaction_is_recognized() -> None:
    rows = "".join(f"{i},{i % 10},2024-01-{1 + i % 28:02d},{i * 1.5}\n" for i in range(100))
    table = read_table(f"invoice no,customer id,date,amount\n{rows}".encode())
    issue = next(i for i in table.issues if i.kind == "transactions")

    assert issue.column == "customer id"
    assert "100 rows belong to 10 customers" in issue.suggestion


def test_rows_with_too_many_or_too_few_cells_are_set_aside_with_line_and_reason() -> None:
    table = read_table(b"id,age,spend,city\n1,20,5,Rome\n2,30,6,7,8\n3\n4,40,7,Oslo\n5,50,8,Rome\n")

    assert sums(table) == (5, 3, 2, 0)
    assert table.rejects["line"].tolist() == [3, 4]
    assert table.rejects["reason"].tolist() == [
        "The row has 5 cells instead of 4.",
        "The row has 1 cell instead of 4.",
    ]
    assert table.rejects["city"].tolist() == ["7,8", ""]


def test_a_row_that_lacks_its_last_cells_is_filled_up_and_reported() -> None:
    table = read_table(b"id,age,spend\n1,20,5\n2,30\n3,40,6\n")

    assert sums(table) == (3, 3, 0, 0)
    assert table.column("spend").missing == 1
    assert next(i for i in table.issues if i.kind == "short_row").lines == (3,)


def test_total_rows_at_the_end_are_no_customers() -> None:
    sparse = read_table(b"id;name;spend\n1;a;10\n2;b;20\n3;c;30\nTotal;;60\n")
    full = read_table(b"name,items,spend\na,1,10\nb,2,20\nc,3,30\nGrand Total,6,60\n")

    assert sums(sparse) == sums(full) == (4, 3, 1, 0)
    assert "totals" in sparse.rejects["reason"].iloc[0]
    assert sparse.column("spend").role == "numeric"


def test_a_customer_called_total_stays() -> None:
    table = read_table(b"name,items,spend\na,1,10\nb,2,20\nTotal,3,30\nc,4,44\nd,5,50\ne,6,1\n")

    assert table.rows_set_aside == 0


def test_a_header_in_the_middle_is_set_aside() -> None:
    table = read_table(b"id,a\n1,2\n2,3\nid,a\n3,4\n")

    assert sums(table) == (4, 3, 1, 0)
    assert "repeats the header" in table.rejects["reason"].iloc[0]


def test_empty_rows_are_set_aside() -> None:
    assert sums(read_table(b"id,a\n1,2\n,\n3,4\n")) == (3, 2, 1, 0)


def test_rejected_rows_upload_again_once_mended() -> None:
    table = read_table(b"id,age,spend\n1,20,5\n2,30,6,7\n3,40,6\n4,50,8\n")
    mended = table.rejects.assign(spend="6")
    sink = io.BytesIO()
    mended.to_csv(sink, index=False)
    again = read_table(sink.getvalue())

    assert list(again.frame.columns) == ["id", "age", "spend"]
    assert again.frame["spend"].tolist() == [6]


def test_columns_called_line_and_reason_keep_their_names() -> None:
    table = read_table(b"line,reason,x\n1,a,2\n2,b,3\n3,c,4,5\n")

    assert list(table.rejects.columns) == ["line", "reason", "x", "file line", "reject reason"]


def test_a_german_excel_export_reads_without_help() -> None:
    head = "Kundenliste 2024\nStand: 01.02.2024\n\nKunden-Nr.;Alter;Umsatz;Kunde seit;Newsletter\n"
    rows = "".join(
        f"{i:05d};{20 + i % 50};{1 + i % 9}.{i % 900 + 100:03d},{i % 100:02d} €;"
        f"{1 + i % 28:02d}.{1 + i % 12:02d}.2024;{'ja' if i % 3 else 'nein'}\n"
        for i in range(1, 60)
    )
    bad = "".join(f"{i:05d};k.A.;n/a;;ja\n" for i in range(60, 72))
    table = read_table((head + rows + bad + "Summe;;123.456,78;;\n").encode("cp1252"))

    assert sums(table) == (72, 71, 1, 0)
    assert table.recipe["encoding"] == "cp1252"
    assert (table.recipe["delimiter"], table.recipe["decimal"]) == (";", ",")
    assert table.recipe["header_line"] == 4
    assert table.column("Umsatz").role == "numeric"
    assert table.column("Alter").missing == 12
    assert table.meaning("customer_id") == "Kunden-Nr."
    assert table.meaning("spend") == "Umsatz"
    assert table.column("Newsletter").levels == ("nein", "ja")


def test_describe_is_what_inspect_prints() -> None:
    described = read_table(b"id,a\n1,2\n1,2\n2,x\n3,5\n4,6\n5,7\n6,8\n").describe()

    keys = {
        "format", "encoding", "delimiter", "decimal", "header_line", "rows_read", "rows_used",
        "rows_set_aside", "rows_duplicate", "columns", "issues",
    }  # fmt: skip
    assert keys <= set(described)
    assert {"name", "role", "use", "missing", "distinct", "examples"} <= set(
        described["columns"][0]
    )
    assert {"kind", "column", "count", "lines", "suggestion"} <= set(described["issues"][0])
