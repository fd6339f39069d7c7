"""Numbers, dates, yes and no, and letters, as people all over the world write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from segmentation import Role, read_table
from tests.messy import CITIES, Case, case, check, csv_text

AMOUNTS = (1234.56, 7.5, 12.25, 999.0, 10500.75, 0.5, 33.1, 45.99, 1200300.4, 60.05)
DAYS = [
    dt.date(2024, 1, 31), dt.date(2023, 12, 5), dt.date(2024, 2, 29), dt.date(2022, 7, 14),
    dt.date(2021, 11, 30),
]  # fmt: skip


def column(
    label: str, written: Sequence[str], read: Sequence[Any], *, name: str = "Value", **k: Any
) -> Case:
    """A column beside ids and cities."""
    names = ("Kunde ID", "Ort", name)
    text = csv_text(
        [(f"K{i:03d}", CITIES[i % 4], cell) for i, cell in enumerate(written)], names, delimiter=";"
    )
    rows = [(f"K{i:03d}", CITIES[i % 4], cell) for i, cell in enumerate(read)]
    return case(label, text, rows=rows, names=names, **k)


def amount(value: float, group: str, mark: str) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", mark).replace("_", group)


NUMBERS = [
    column(f"numbers grouped by {group!r}, {mark!r} before decimals",
           [amount(value, group, mark) for value in AMOUNTS], AMOUNTS)
    for group, mark in (
        (".", ","), (" ", ","), ("\u00a0", ","), ("\u202f", ","), ("'", "."), ("’", "."),
        (",", "."), ("", ","), ("", "."),
    )
] + [
    column(f"numbers like {before}1.234,56{after}",
           [before + amount(value, ".", ",") + after for value in AMOUNTS],
           [sign * value for value in AMOUNTS])
    for before, after, sign in (
        ("€ ", "", 1), ("", " €", 1), ("EUR ", "", 1), ("", " EUR", 1), ("$", "", 1), ("£", "", 1),
        ("CHF ", "", 1), ("R$ ", "", 1), ("HK$", "", 1), ("", " zł", 1), ("", " kr", 1),
        ("Rs. ", "", 1), ("", " руб.", 1), ("", " TL", 1), ("₹ ", "", 1), ("", " %", 1),
        ("+", "", 1), ("-", "", -1), ("−", "", -1), ("–", "", -1), ("", "-", -1), ("(", ")", -1),
        ("(€ ", ")", -1), ("€ -", "", -1), ("-€ ", "", -1), ("- ", "", -1),
    )
] + [
    column("Indian groups", ["12,34,567.50", "1,00,000.00", "500.00"], [1234567.5, 100000, 500]),
    column("exponents", ["1,5E+03", "2,5e-02", "1"], [1500, 0.025, 1]),
    column("groups told by plain numbers", ["1.234", "5.678", "12", "567"], [1234, 5678, 12, 567]),
    column("exponents without a comma", ["1,5E+03", "250", "1"], [1500, 250, 1]),
    column("a dash for no cents", ["€ 1.234,50", "€ 5,-", "-€ 3,--", "CHF 12.–", "7,25-"],
           [1234.5, 5, -3, 12, -7.25], issues=("decorated_number",)),
    column("hexadecimal codes", ["0x1F", "0x2A", "0xFF"], ["0x1F", "0x2A", "0xFF"]),
    column("telephone numbers", ["+4930123456", "+4940987654"], ["+4930123456", "+4940987654"]),
    column("both decimal marks", ["1,5", "2.5", "13,25", "4.75"], ["1,5", "2.5", "13,25", "4.75"],
           issues=("mixed_numbers",)),
    column("bare points", [".5", "-.25", "1.", "+3"], [0.5, -0.25, 1, 3]),
    column("postcodes", ["01234", "04567", "80331"] * 3, ["01234", "04567", "80331"] * 3),
    column("codes after letters", ["RM12", "RM13", "RM14"], ["RM12", "RM13", "RM14"]),
    column("versions", ["1.2.3", "1.10.4"] * 3, ["1.2.3", "1.10.4"] * 3),
    column("times", ["12:30", "08:15"] * 3, ["12:30", "08:15"] * 3),
    column("one in a hundred bad", [*map(str, range(198)), "x", "y"], [*range(198), None, None],
           issues=("not_a_number",)),
]  # fmt: skip
MISSING = [
    column(f"missing as {word!r}", [*map(str, range(1, 10)), word], [*range(1, 10), None])
    for word in (
        "NA", "N/A", "null", "None", "-", "--", "?", "nan", "#N/A", "#NV", "k.A.", "(blank)", ".",
        "\\N", "n.a.", "(null)", "#NULL!", "undefined", "n/d", "inf", "1.#IND", "#DIV/0!",
    )
] + [
    column(f"missing words as {word!r}", ["red", "blue", "red", "red", "blue", "blue", word],
           ["red", "blue", "red", "red", "blue", "blue", None])
    for word in ("NA", "N/A", "null", "keine Angabe", "(leer)", "#NAME?", "—", "1.#QNAN")
]  # fmt: skip
DATES = [
    column(f"dates like {pattern}", [day.strftime(pattern) for day in DAYS],
           [day.isoformat() for day in DAYS], name="Joined")
    for pattern in (
        "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d.%m.%y", "%d %b %Y",
        "%b %d, %Y", "%d-%b-%y", "%A, %d %B %Y", "%Y-%m-%dT00:00:00Z", "%Y-%m-%d 00:00:00.000",
        "%m/%d/%Y 12:00:00 AM", "%d. %B %Y", "%a, %d %b %Y 00:00:00 +0000",
        "%a %b %d 00:00:00 %Y", "%Y年%m月%d日", "%Y. %m. %d.", "%d. %m. %Y", "%Y-%b-%d",
    )
] + [
    column("dates of two systems", ["2024-01-31", "31.01.2024", "01/31/2024", "03.02.2024"],
           ["2024-01-31", "2024-01-31", "2024-01-31", "2024-02-03"], name="Joined"),
    column("dates of both orders", ["01/02/2024", "03/04/2024"], ["2024-01-02", "2024-03-04"],
           name="Joined", issues=("ambiguous_date",)),
    column("dates in Spanish", ["31 de enero de 2024", "5 de diciembre de 2023"],
           ["2024-01-31", "2023-12-05"], name="Joined"),
    column("dates in Polish", ["31 stycznia 2024", "5 października 2023"],
           ["2024-01-31", "2023-10-05"], name="Joined"),
    column("days of no date", ["2024-01-31", "0000-00-00", "2024-02-03", "0000-00-00"],
           ["2024-01-31", None, "2024-02-03", None], name="Joined", issues=("missing_word",)),
    column("dates of no order", ["13/04/2024", "04/26/2024", "15/04/2024", "05/20/2024"],
           ["13/04/2024", "04/26/2024", "15/04/2024", "05/20/2024"], name="Joined",
           issues=("mixed_dates",)),
    column("times with zones", ["2024-01-31T13:45:10+02:00", "2024-02-28T08:00:00Z"],
           ["2024-01-31 11:45:10", "2024-02-28 08:00:00"], name="Joined", issues=("time_zone",)),
    column("impossible dates", ["2024-01-31", "2024-02-30", *["2024-03-01"] * 6],
           ["2024-01-31", None, *["2024-03-01"] * 6], name="Joined", issues=("not_a_date",)),
]  # fmt: skip


@pytest.mark.parametrize("one", [*NUMBERS, *MISSING, *DATES], ids=lambda one: one.name)
def test_values_are_read(one: Case) -> None:
    check(one)


def test_nothing_is_said_to_be_taken_off_numbers_of_machines() -> None:
    data = csv_text([(i, f"{i},5E+01") for i in range(9)], ["K", "n"], delimiter=";").encode()
    table = read_table(data.replace(b"8,5E+01", b"1e999"))
    assert {i.kind: i.count for i in table.issues if i.column == "n"} == {"not_a_number": 1}


@pytest.mark.parametrize(
    "words",
    ["yes no", "ja nein", "oui non", "TRUE FALSE", "Y N", "sí no", "wahr falsch", "да нет", "✓ ✗"],
)
def test_yes_and_no_are_two_levels_the_no_first(words: str) -> None:
    yes, no = words.split()
    table = read_table(csv_text([(i, yes if i % 3 else no) for i in range(9)], ["i", "v"]).encode())
    assert table.column("v").role is Role.BINARY
    assert table.column("v").levels == (no, yes)


@pytest.mark.parametrize(
    ("name", "odd", "told"),
    [
        ("Age", "199", "199 in 2 cells, outside of 0 to 122 years, can hardly be meant"),
        ("Age", "-1", "-1 in 2 cells, outside of 0 to 122 years, can hardly be meant"),
        ("Nights", "-1", "-1 in 2 cells, among numbers from 0 up, can hardly be meant"),
        ("Nights", "-999", "-999 in 2 cells, among numbers from 0 up, can hardly be meant"),
        ("Balance", "-37", ""),
        ("Nights", "199", ""),
    ],
)
def test_numbers_that_can_hardly_be_meant_are_told(name: str, odd: str, told: str) -> None:
    rows = [(f"c{i}", odd if i in {4, 40} else 20 + i % 50) for i in range(400)]
    issues = read_table(csv_text(rows, ["id", name]).encode()).issues
    found = [issue for issue in issues if issue.kind == "odd_number"]
    assert [(issue.column, issue.count, issue.lines) for issue in found] == (
        [(name, 2, (6, 42))] if told else []
    )
    assert all(told in issue.suggestion for issue in found)


def test_numbers_of_both_signs_are_meant() -> None:
    rows = [(f"c{i}", i % 21 - 10) for i in range(120)]
    issues = read_table(csv_text(rows, ["id", "NPS"]).encode()).issues
    assert all(issue.kind != "odd_number" for issue in issues)


def test_empty_cells_among_ticks_are_no() -> None:
    text = csv_text([(i, i * 2, "x" if i % 3 else "") for i in range(9)], ["id", "n", "Newsletter"])
    table = read_table(text.encode())
    assert table.frame["Newsletter"].tolist() == ["no", "x", "x"] * 3
    told = next(issue for issue in table.issues if issue.kind == "ticked")
    assert (told.column, told.count, told.lines) == ("Newsletter", 3, (2, 5, 8))


WEST = ("München", "Köln", "Zürich", "Paris", "Besançon")
SPELLED = {
    "utf-8": WEST, "utf-8-sig": WEST, "utf-16": WEST, "utf-16-le": WEST, "utf-16-be": WEST,
    "utf-32": WEST, "utf-32-le": WEST, "utf-32-be": WEST, "cp1252": WEST, "mac-roman": WEST,
    "cp1250": ("Łódź", "Kraków", "Gdańsk", "Wrocław", "Częstochowa", "Białystok"),
    "iso-8859-2": ("Łódź", "Kraków", "Gdańsk", "Wrocław", "Częstochowa", "Białystok"),
    "cp1257": ("Šiauliai", "Klaipėda", "Panevėžys", "Mažeikių rajonas", "Jūrmala"),
    "cp1251": ("Москва", "Санкт-Петербург", "Казань", "Новосибирск"),
    "koi8-r": ("Москва", "Санкт-Петербург", "Казань", "Новосибирск"),
    "cp866": ("Москва", "Санкт-Петербург", "Казань", "Новосибирск"),
    "cp1253": ("Αθήνα", "Θεσσαλονίκη", "Πάτρα", "Λάρισα"),
    "cp1254": ("İstanbul", "İzmir", "Eskişehir", "Muğla", "Diyarbakır"),
    "cp932": ("東京都", "大阪府", "北海道", "さいたま市"),
    "gb18030": ("北京市", "上海市", "广州市", "深圳市", "杭州市"),
    "big5": ("臺北市", "高雄市", "臺中市", "新北市"),
    "cp949": ("서울특별시", "부산광역시", "대구광역시", "인천광역시"),
}  # fmt: skip


@pytest.mark.parametrize("encoding", SPELLED)
def test_letters_are_read_whatever_their_encoding(encoding: str) -> None:
    rows = [(i, town, i + 0.5) for i, town in enumerate(SPELLED[encoding] * 3)]
    data = csv_text(rows, ["id", "town", "spend"]).encode(encoding)
    assert read_table(data, encoding=encoding).frame["town"].tolist() == [row[1] for row in rows]
    assert read_table(data).frame["town"].tolist() == [row[1] for row in rows]


@pytest.mark.parametrize(
    "towns",
    [
        ("Málaga", "Cádiz", "La Coruña"), ("Orléans", "Nîmes", "Hôtel de l’Été"),
        ("Forlì", "città", "perché"), ("Århus", "Ærø", "Køge"), ("São Paulo", "Goiânia", "Évora"),
        ("història", "això", "Lleó"), ("Ísafjörður", "Garðabær", "Þórshöfn"), ("Müller", "x", "y"),
    ],
)  # fmt: skip
def test_western_letters_are_never_taken_for_others(towns: tuple[str, ...]) -> None:
    data = csv_text([(i, town, 1.5) for i, town in enumerate(towns)], ["a", "t", "b"])
    assert read_table(data.encode("cp1252")).frame["t"].tolist() == list(towns)


@pytest.mark.parametrize(
    "towns",
    [
        ("Győr", "Fűzesgyarmat", "Hódmezővásárhely"), ("KŐSZEG", "ŰRBŐ", "PÁPA"),
        ("Plzeň", "Dvůr Králové", "Příbram", "Děčín"), ("Čakovec", "Šibenik", "Đakovo", "Poreč"),
    ],
)  # fmt: skip
def test_letters_of_central_europe_are_told_from_western_ones(towns: tuple[str, ...]) -> None:
    data = csv_text([(i, town, 1.5) for i, town in enumerate(towns)], ["a", "t", "b"])
    table = read_table(data.encode("cp1250"))
    assert table.frame["t"].tolist() == list(towns)
    assert "judged_encoding" in {issue.kind for issue in table.issues}


def test_one_letter_of_central_europe_is_a_doubt() -> None:
    towns = ("Győr", "Pápa", "Vörösvár")
    data = csv_text([(i, town, 1.5) for i, town in enumerate(towns)], ["a", "t", "b"])
    told = [i.suggestion for i in read_table(data.encode("cp1250")).issues if "encoding" in i.kind]
    assert len(told) == 1
    assert "Choose another encoding" in told[0]
    assert read_table(data.encode("cp1250"), encoding="cp1250").frame["t"].tolist() == list(towns)


def test_a_doubtful_encoding_is_said() -> None:
    data = csv_text([(i, "東京都", i) for i in range(5)], ["id", "t", "n"]).encode("euc-jp")
    told = next(issue for issue in read_table(data).issues if issue.kind == "judged_encoding")
    assert "cannot be told for sure" in told.suggestion


def test_characters_that_cannot_be_read_are_counted() -> None:
    data = b"id,t,n\n1,M\x81ller,3\n2,Gr\x81n,4\n3,x,5\n"
    issue = next(issue for issue in read_table(data).issues if issue.kind == "odd_character")
    assert issue.count == 2


def test_a_file_put_together_from_two_encodings_is_read_in_both() -> None:
    data = "id,t,n\n1,Müller,3\n2,Bäcker,4\n".encode() + "3,Größe,4\n".encode("cp1252")
    table = read_table(data)
    assert table.frame["t"].tolist() == ["Müller", "Bäcker", "Größe"]
    assert next(i for i in table.issues if i.kind == "mixed_encoding").count == 2


@pytest.mark.parametrize(
    "data",
    [
        b"id,n,v\n1,a\0b,3\n2,c,4\n3,d,5\n",
        b"id,n,v\n1,ab,3\n2,c,4\n3,d,5\n" + b"\0" * 4096,
        b"\xef\xbb\xbf\xef\xbb\xbfid,n,v\n1,ab,3\n2,c,4\n3,d,5\n\x1a",
        b'\xef\xbb\xbf"id","n","v"\n1,ab,3\n\xef\xbb\xbf2,c,4\n\x0c3,d,5\n',
    ],
)
def test_characters_that_nobody_sees_are_left_out(data: bytes) -> None:
    table = read_table(data)
    assert table.frame["n"].tolist() == ["ab", "c", "d"]
    assert list(table.frame.columns) == ["id", "n", "v"]
