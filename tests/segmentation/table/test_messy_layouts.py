"""Text files laid out in all the ways that people and programs find."""

from __future__ import annotations

import csv

import pytest

from segmentation import ReadError, read_table
from tests.messy import NAMES, ROWS, Case, case, check, csv_text, with_city

TEXT = csv_text()
LINES = TEXT.splitlines()
HEAD, BODY = LINES[0], LINES[1:]
SPEND, VISITS = sum(row[2] for row in ROWS), sum(row[3] for row in ROWS)
UNNAMED = tuple(f"Column {i}" for i in range(1, 6))


def lines(*parts: str) -> str:
    return "\n".join(parts) + "\n"


def quoted(text: str, mark: str = ",", pad: str = "") -> str:
    return f"{mark}{pad}".join(f'"{cell}"' for cell in text.split(","))


DELIMITERS = [
    case(f"between cells {mark!r}", csv_text(delimiter=mark))
    for mark in ",;\t|^~\x1f\x01\x1e:#!@$/*§& "
] + [
    case(f"between cells {mark!r}", TEXT.replace(",", mark))
    for mark in ("||", "::", ";;", "\t\t", "|||", "~|~", ", ")
]
LINE_ENDS = [
    case(f"{name} with {end!r}", make(end))
    for end in ("\n", "\r\n", "\r")
    for name, make in {
        "lines end": lambda end: csv_text(end=end),
        "no last end": lambda end: csv_text(end=end).removesuffix(end),
        "many last ends": lambda end: csv_text(end=end) + end * 5,
        "all quoted": lambda end: csv_text(end=end, quoting=csv.QUOTE_ALL),
    }.items()
] + [
    case("mixed ends", "\r\n".join(LINES[:5]) + "\n" + lines(*LINES[5:])),
    case("lone returns above", "\r".join(LINES[:5]) + "\n" + lines(*LINES[5:])),
    case("feed before return", TEXT.replace("\n", "\n\r")),
    case("returns twice", TEXT.replace("\n", "\r\r\n")),
    case("every other line blank", TEXT.replace("\n", "\n\n")),
]
AROUND = [
    case("blank lines first", f"\n\n\n{TEXT}"),
    case("title", f"Report of the shop\nby Ann\n\n{TEXT}", issues=("lines_above",)),
    case("title with commas", f"Report, made by Ann, 2024\n{TEXT}", issues=("lines_above",)),
    case("padded title", f"Report,,,,\n,,,,\n{TEXT}"),
    case("keys and values above", f"Shop:,Berlin\nMonth:,May\n\n{TEXT}"),
    *(
        case(f"comments after {mark!r} above", f"{mark} made by x\n{mark} second, a comma\n{TEXT}")
        for mark in ("#", "//", "%", ";", "--")
    ),
    case(
        "pairs above three columns",
        "Shop:,Berlin\nMonth:,May\n\nid,town,n\n1,a,4\n2,b,5\n3,c,9\n",
        rows=[(1, "a", 4), (2, "b", 5), (3, "c", 9)],
        names=("id", "town", "n"),
        issues=("lines_above",),
    ),
    case("files put together with their marks", f"{TEXT}\ufeff{HEAD}\n", aside=1),
    case("sep line", "sep=;\n" + csv_text(delimiter=";")),
    case("sep line of another mark", f"sep=;\n{TEXT}"),
    case("delimiters at the end", lines(*(f"{line}," for line in LINES))),
    case("delimiters at both ends", lines(*(f"|{line.replace(',', '|')}|" for line in LINES))),
    case(
        "Markdown",
        lines(
            *(f"| {line.replace(',', ' | ')} |" for line in [HEAD, ",".join(["---"] * 5), *BODY])
        ),
        aside=1,
    ),
    case("note below", f"{TEXT}\nSource: the shop\n", aside=1),
    case("padded note below", f"{TEXT},,,,\nSource: the shop,,,,\n", aside=2),
    case("count of rows below", f"{TEXT}14 rows\n", aside=1),
    case("header repeated", lines(*LINES[:6], HEAD, *LINES[6:], HEAD), aside=2),
    case("header repeated in capitals", lines(*LINES[:6], HEAD.upper(), *LINES[6:]), aside=1),
    case("another table below", f"{TEXT}\n\nProduct,Price\nPen,3\nInk,4\n", aside=3),
    case(
        "headings of groups",
        lines(*LINES[:5], "Region North,,,,", *LINES[5:9], "Region South,,,,", *LINES[9:]),
        aside=2,
    ),
    case("comment amid", lines(*LINES[:5], "# a comment", *LINES[5:]), aside=1),
]
TOTALS = [
    case(f"total called {label}", f"{TEXT}{label},,{SPEND:.2f},{VISITS},\n", aside=1)
    for label in (
        "Total", "Summe", "Gesamt", "Total général", "Somme", "Grand Total", "TOTAL:", "Suma",
        "Totale", "Insgesamt", "Σ", "Total (EUR)", "Gesamtergebnis", "Итого", "合计", "Razem",
        "Sous-total", "Yhteensä", "",
    )
] + [
    case("total above", lines(HEAD, f"Total,,{SPEND:.2f},{VISITS},", *BODY), aside=1),
    case("total in the second column", f"{TEXT},Total,{SPEND:.2f},{VISITS},\n", aside=1),
    case(
        "mean and total",
        f"{TEXT}Total,,{SPEND:.2f},{VISITS},\nMittelwert,,{SPEND / 14:.8f},{VISITS / 14},\n",
        aside=2,
    ),
    case(
        "a customer called Total",
        "name,spend,visits\nTotal,5,3\nShell,8,4\nBP,9,5\nEsso,10,6\nJet,2,1\n",
        names=("name", "spend", "visits"),
        rows=[("Total", 5, 3), ("Shell", 8, 4), ("BP", 9, 5), ("Esso", 10, 6), ("Jet", 2, 1)],
    ),
]  # fmt: skip
RAGGED = [
    case(
        "short row", lines(*LINES[:6], "2000,Rome,5.5", *LINES[6:]), issues=("short_row",),
        rows=[*ROWS[:5], (2000, "Rome", 5.5, None, None), *ROWS[5:]],
    ),
    case("very short row", lines(*LINES[:6], "2000", *LINES[6:]), aside=1),
    case("long first row", lines(HEAD, BODY[0] + ",x", *BODY[1:]), rows=ROWS[1:], aside=1),
    case("long last row", lines(*LINES[:-1], LINES[-1] + ",x,y"), rows=ROWS[:-1], aside=1),
    case("long empty row", lines(*LINES[:6], LINES[6] + ",,,", *LINES[7:])),
    case("one row", lines(*LINES[:2]), rows=ROWS[:1]),
    case("row names without a name", lines(HEAD.removeprefix("Customer ID,"), *BODY),
         names=("Column 1", *NAMES[1:])),
]  # fmt: skip
HEADERS = [
    case("no header", csv_text(names=None), names=UNNAMED, issues=("no_header",)),
    case("names missing", "id,,v,\n1,2,3,4\n2,3,4,5\n3,4,5,7\n", issues=("missing_name",),
         names=("id", "Column 2", "v", "Column 4"),
         rows=[(1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 7)]),
    case("names repeated", "id,v,v\n1,2,3\n2,3,4\n", issues=("duplicate_name",),
         names=("id", "v", "v (2)"), rows=[(1, 2, 3), (2, 3, 4)]),
    case("names with line ends", TEXT.replace("Customer ID", '"Customer\nID"', 1)),
    case("years as names", "id,Region,2021,2022\n1,a,4,5.5\n2,b,5,6.5\n3,a,2,9.5\n",
         names=("id", "Region", "2021", "2022"),
         rows=[(1, "a", 4, 5.5), (2, "b", 5, 6.5), (3, "a", 2, 9.5)]),
    case("days as names", "id,2024-01-01,2024-02-01\nK1,4,5.5\nK2,5,6.5\nK3,2,9.5\n",
         rows=[("K1", 4, 5.5), ("K2", 5, 6.5), ("K3", 2, 9.5)],
         names=("id", "2024-01-01", "2024-02-01")),
    case("counts as names", ",0,1,2\n0,4,5.5,7\n1,5,6.5,8\n2,2,9.5,3\n",
         rows=[(0, 4, 5.5, 7), (1, 5, 6.5, 8), (2, 2, 9.5, 3)], names=("Column 1", "0", "1", "2")),
    case("units in brackets", "name,height,weight\n-,[cm],[kg]\na,180,80\nb,170,70\nc,165,60\n",
         rows=[("a", 180, 80), ("b", 170, 70), ("c", 165, 60)],
         names=("name", "height [cm]", "weight [kg]"), issues=("header_rows",)),
    case("Markdown", "| id | town | n |\n|----|:----:|--:|\n| 1 | a | 20 |\n| 2 | b | 31 |\n",
         rows=[(1, "a", 20), (2, "b", 31)], names=("id", "town", "n"), aside=1),
    case("decimal commas between semicolons", "1,5;2,25;3\n2,5;3,25;4\n4,5;5,25;7\n",
         rows=[(1.5, 2.25, 3), (2.5, 3.25, 4), (4.5, 5.25, 7)],
         names=("Column 1", "Column 2", "Column 3")),
    case("groups above the names", ",Spend,,Visits,\nid,2023,2024,2023,2024\n"
         + "".join(f"{i},{i}.5,{i}.25,{i},{i + 1}\n" for i in range(1, 9)), issues=("header_rows",),
         names=("id", "Spend 2023", "Spend 2024", "Visits 2023", "Visits 2024"),
         rows=[(i, i + 0.5, i + 0.25, i, i + 1) for i in range(1, 9)]),
    case("units below the names", "id,spend,visits\n,EUR,number\n"
         + "".join(f"{i},{i}.5,{i}\n" for i in range(1, 9)), issues=("header_rows",),
         names=("id", "spend EUR", "visits number"), rows=[(i, i + 0.5, i) for i in range(1, 9)]),
    case("words in the first row", "id,spend,visits\nK1,unknown,later\n"
         + "".join(f"K{i},{i}.5,{i}\n" for i in range(2, 12)), issues=("not_a_number",),
         names=("id", "spend", "visits"),
         rows=[("K1", None, None), *((f"K{i}", i + 0.5, i) for i in range(2, 12))]),
    case("groups that nobody needs", f",Master data,,Orders,\n{TEXT}", issues=("lines_above",)),
]  # fmt: skip
QUOTES = [
    case("apostrophes", csv_text(quoting=csv.QUOTE_ALL, quotechar="'")),
    case("line end in a cell", csv_text(with_city(3, "Ro\nme")), rows=with_city(3, "Ro\nme")),
    case("delimiter in a cell", csv_text(with_city(3, "Rome, IT")), rows=with_city(3, "Rome, IT")),
    case("backslash before quotes", TEXT.replace("Lima", '"Li \\"x\\", ma"', 1),
         rows=with_city(2, 'Li "x", ma')),
    case("backslash before quotes that end a cell",
         'id,t,n\n1,"the \\"big\\"",2\n2,"",3\n3,"x, y",4\n',
         rows=[(1, 'the "big"', 2), (2, None, 3), (3, "x, y", 4)], names=("id", "t", "n")),
    case("backslash before delimiter", TEXT.replace("Lima", "Li\\, ma", 1),
         rows=with_city(2, "Li, ma")),
    case("backslashes in a path", TEXT.replace("Lima", "C:\\x\\y", 1),
         rows=with_city(2, "C:\\x\\y")),
    case("blanks around quotes", lines(*(quoted(line, " , ") for line in LINES))),
    case("blanks before quotes", lines(*(quoted(line, pad=" ") for line in LINES))),
    case("stray quote", TEXT.replace("Lima", 'Li"ma', 1), rows=with_city(2, 'Li"ma')),
    case("quotes not doubled", TEXT.replace("Lima", '"Li "x" ma"', 1),
         rows=with_city(2, 'Li "x" ma')),
    case("quote never closed", TEXT.replace("Lima", '"Lima', 1), aside=1,
         rows=[*ROWS[:2], *ROWS[3:]]),
    case("whole lines quoted", lines(*(f'"{line}"' for line in LINES)), issues=("wrapped_lines",)),
    case("formulas around codes", lines(HEAD, *(f'="{row[:4]}"{row[4:]}' for row in BODY))),
]  # fmt: skip


@pytest.mark.parametrize(
    "one",
    [*DELIMITERS, *LINE_ENDS, *AROUND, *TOTALS, *RAGGED, *HEADERS, *QUOTES],
    ids=lambda one: one.name,
)
def test_a_file_laid_out_with(one: Case) -> None:
    check(one)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (HEAD, "no_rows"),
        ("a\n1\n2\n3\n", "one_column"),
        ("Umsatz\n1,5\n2,5\n3,75\n4,25\n", "one_column"),
        ("Text\nHello, you\nBye, me\n", "one_column"),
        (",,,\n,,,\n", "empty"),
        ('"",""\n"",""\n', "empty"),
        ("   \n  \n", "empty"),
        ("INSERT INTO customers (id, name) VALUES (1, 'a');\n" * 3, "unsupported"),
        ('ID;PWXL;N;E\nC;Y1;X1;K"a"\nC;Y1;X2;K"b"\n', "unsupported"),
        ("From: a@example.com\nSubject: Hello, you\n\nHi,\nthis is a mail, bye.\n", "unsupported"),
        ("import os\n\ndef f(a, b):\n    return a + b\n\nprint(f(1, 2))\n", "one_column"),
        ("<root>\n<row><a>1</a></row>\n</root>", "one_column"),
    ],
)
def test_what_is_no_table_is_refused_for_its_reason(text: str, kind: str) -> None:
    with pytest.raises(ReadError) as refusal:
        read_table(text.encode())
    assert refusal.value.kind == kind
    assert str(refusal.value).endswith(".")
