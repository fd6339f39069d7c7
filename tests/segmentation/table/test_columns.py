"""Role, use and meaning of a column are found from its name and values, and can be changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation import Role, Table, Use, read_table, sample_customers
from segmentation.errors import DataError, ParameterError
from segmentation.table.vocabulary.ordinal_scales import known_order


def table_of(**columns: list[Any]) -> Table:
    return Table.from_frame(pd.DataFrame(columns))


def test_the_classic_columns_are_what_they_are() -> None:
    table = Table.from_frame(sample_customers(200))

    assert {c.name: (str(c.role), str(c.use), c.meaning) for c in table.columns} == {
        "Customer ID": ("identifier", "ignored", "customer_id"),
        "Gender": ("binary", "descriptor", "gender"),
        "Age": ("numeric", "basis", "age"),
        "City": ("nominal", "descriptor", "city"),
        "Membership Type": ("ordinal", "basis", "membership"),
        "Total Spend": ("numeric", "basis", "spend"),
        "Items Purchased": ("numeric", "basis", "items"),
        "Average Rating": ("numeric", "basis", "rating"),
        "Discount Applied": ("binary", "basis", "discount"),
        "Days Since Last Purchase": ("numeric", "basis", "recency"),
        "Satisfaction Level": ("ordinal", "basis", "satisfaction"),
    }
    assert table.column("Membership Type").levels == ("Bronze", "Silver", "Gold")
    assert table.column("Satisfaction Level").levels == ("Unsatisfied", "Neutral", "Satisfied")
    assert all(c.reason.endswith(".") for c in table.columns)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("cust_id", "customer_id"),
        ("CustomerID", "customer_id"),
        ("Kunden-Nr.", "customer_id"),
        ("CUSTOMER NUMBER", "customer_id"),
        ("Alter", "age"),
        ("age_years", "age"),
        ("Spending ", "spend"),
        ("MRR (USD)", "fee"),
        ("MonthlyCharges", "fee"),
        ("Monatsbeitrag (€)", "fee"),
    ],
)
def test_foreign_names_of_number_columns_are_mapped(name: str, meaning: str) -> None:
    table = table_of(**{name: list(range(20, 60)), "other": list("ab") * 20})

    assert table.columns[0].meaning == meaning


@pytest.mark.parametrize("name", ["customer name", "Customer_Name", "Nachname", "fullName"])
def test_names_of_people_are_contact_data_and_no_ids(name: str) -> None:
    people = [f"Ann{chr(97 + i)} Lee" for i in range(20)]
    column = table_of(**{name: people, "spend": list(range(20))}).columns[0]

    assert (column.role, column.use, column.meaning) == (Role.CONTACT, Use.IGNORED, None)
    assert column.examples[0] == "A•••"


def test_email_and_telephone_are_found_by_their_values_and_masked() -> None:
    table = table_of(
        a=[f"user{i}@example.com" for i in range(30)],
        b=[f"+49 170 12345{i:02d}" for i in range(30)],
        spend=list(range(30)),
    )

    assert table.roles["a"] is Role.CONTACT
    assert table.roles["b"] is Role.CONTACT
    assert table.column("a").examples[0] == "u•••@e•••"
    assert "example.com" not in str(table.describe())


def test_two_columns_never_get_the_same_meaning() -> None:
    table = table_of(Spend=[1.5, 2, 3], **{"Total Spend": [1.5, 2, 4], "Amount": [2.5, 1, 2]})
    meanings = [c.meaning for c in table.columns if c.meaning]

    assert table.meaning("spend") == "Total Spend"
    assert len(meanings) == len(set(meanings))


def test_values_decide_whether_a_meaning_is_plausible() -> None:
    assert table_of(age=[2020, 2021, 2022], x=[1, 2, 3]).meaning("age") is None
    assert table_of(rating=["a", "b", "c"], x=[1, 2, 3]).meaning("rating") is None


@pytest.mark.parametrize(
    ("name", "values", "role", "use"),
    [
        ("id", list(range(100)), Role.IDENTIFIER, Use.IGNORED),
        ("row", list(range(100)), Role.IDENTIFIER, Use.IGNORED),
        ("id", [float(i) for i in range(99)] + [None], Role.IDENTIFIER, Use.IGNORED),
        ("uuid", [f"a{i:03d}b" for i in range(100)], Role.IDENTIFIER, Use.IGNORED),
        ("year", list(range(1900, 2000)), Role.NUMERIC, Use.BASIS),
        ("spend", [i * 1.5 for i in range(100)], Role.NUMERIC, Use.BASIS),
        ("channel", [1, 2] * 50, Role.BINARY, Use.BASIS),
        ("segment", ["x", "y", "z", "x"] * 25, Role.NOMINAL, Use.BASIS),
        ("region", [1, 2, 3, 4] * 25, Role.NOMINAL, Use.DESCRIPTOR),
        ("zip code", [10115 + i % 40 for i in range(100)], Role.NOMINAL, Use.DESCRIPTOR),
        ("country", ["DE", "FR", "US", "AT"] * 25, Role.NOMINAL, Use.DESCRIPTOR),
        ("ethnicity", ["a", "b", "c", "d"] * 25, Role.NOMINAL, Use.DESCRIPTOR),
        ("marital_status", ["single", "married"] * 50, Role.BINARY, Use.DESCRIPTOR),
        ("product", [f"p {i % 40}" for i in range(100)], Role.NOMINAL, Use.DESCRIPTOR),
        ("comment", [f"this is text {i}" for i in range(100)], Role.TEXT, Use.IGNORED),
        ("store", ["Berlin"] * 100, Role.CONSTANT, Use.IGNORED),
        ("nothing", [None] * 100, Role.CONSTANT, Use.IGNORED),
        ("level", ["Low", "High", "Medium", "Low"] * 25, Role.ORDINAL, Use.BASIS),
        ("joined", list(pd.date_range("2024-01-01", periods=100)), Role.DATE, Use.DESCRIPTOR),
        ("rare", [*range(10), *[None] * 90], Role.NUMERIC, Use.DESCRIPTOR),
        ("flag", [True, False] * 50, Role.BINARY, Use.BASIS),
        ("email_opt_in", [True, False] * 50, Role.BINARY, Use.DESCRIPTOR),
        ("Newsletter", ["ja", "nein"] * 50, Role.BINARY, Use.DESCRIPTOR),
        ("Newsletter clicks", [i * 1.5 for i in range(100)], Role.NUMERIC, Use.BASIS),
        ("Churn", ["Yes", "No"] * 50, Role.BINARY, Use.DESCRIPTOR),
        ("Gekündigt", ["ja", "nein"] * 50, Role.BINARY, Use.DESCRIPTOR),
        ("Churn score", list(range(0, 200, 2)), Role.NUMERIC, Use.BASIS),
        ("Owner (CSM)", ["Ann", "Bo", "Cy", "Di"] * 25, Role.NOMINAL, Use.DESCRIPTOR),
        ("Home owner", ["Yes", "No"] * 50, Role.BINARY, Use.BASIS),
        ("latitude", [48.1 + i / 100 for i in range(100)], Role.NUMERIC, Use.DESCRIPTOR),
    ],
)
def test_roles_and_uses(name: str, values: list[Any], role: Role, use: Use) -> None:
    column = table_of(**{name: values, "other": [1.5, 2.5, 3.5, 4.5] * 25}).columns[0]

    assert (column.role, column.use) == (role, use)


@pytest.mark.parametrize(
    "ordered",
    [
        ["Bronze", "Silver", "Gold", "Platinum"],
        ["Member", "Silver", "Gold", "Platinum"],
        ["Basic", "Classic", "Plus", "Premium"],
        ["Starter", "Growth", "Enterprise"],
        ["Unsatisfied", "Neutral", "Satisfied"],
        ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"],
        ["low", "medium", "high"],
        ["Never", "Rarely", "Sometimes", "Often", "Always"],
        ["niedrig", "mittel", "hoch"],
        ["S", "M", "L", "XL"],
        ["<18", "18-25", "26-35", "65+"],
        ["$0 - $25k", "$25k - $50k", "$50k+"],
        ["1 - bad", "2 - fair", "3 - good"],
        ["High School", "Bachelor", "Master", "PhD"],
    ],
)
def test_known_orders_make_a_column_ordinal(ordered: list[str]) -> None:
    assert known_order(reversed(ordered)) == tuple(ordered)


@pytest.mark.parametrize("levels", [["red", "blue"], ["yes", "no"], ["Gold"], ["a1", "b2", "c3"]])
def test_other_words_have_no_order(levels: list[str]) -> None:
    assert known_order(levels) is None


def test_a_frame_keeps_all_its_rows_and_types() -> None:
    frame = pd.DataFrame(
        {
            "n": pd.array([1, None, 3], dtype="Int64"),
            "c": pd.Categorical(["a", "b", "a"]),
            "t": pd.to_datetime(["2024-01-01", None, "2024-03-01"]).tz_localize("UTC"),
            "b": [True, False, True],
            "x": [np.inf, 1.0, 2.0],
            7: ["1.5", "2.5", "x1"],
        },
        index=[5, 5, 9],
    )
    table = Table.from_frame(frame)

    assert table.rows_read == table.rows_used == 3
    assert list(table.frame.columns) == ["n", "c", "t", "b", "x", "7"]
    assert table.column("n").missing == table.column("x").missing == 1
    assert table.column("b").levels == ("False", "True")
    assert str(table.frame["t"].dtype) == "datetime64[s]"


def test_a_frame_without_rows_or_columns_is_refused() -> None:
    for frame in (pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame(index=[1, 2])):
        with pytest.raises(DataError, match="nothing to segment"):
            Table.from_frame(frame)


def test_role_use_meaning_and_order_can_be_changed() -> None:
    table = table_of(Gender=["f", "m"] * 5, Grade=list("ABCAB") * 2, v=list(range(10)))
    changed = table.with_columns(
        {
            "Gender": {"use": "basis"},
            "Grade": {"role": "ordinal", "levels": ["C", "B", "A"]},
            "v": {"meaning": "spend", "role": "numeric", "use": "basis"},
        }
    )

    assert changed.column("Gender").use is Use.BASIS
    assert changed.column("Grade").levels == ("C", "B", "A")
    assert changed.meaning("spend") == "v"
    assert changed.recipe["columns"]["Grade"] == {"role": "ordinal", "levels": ["C", "B", "A"]}
    assert table.column("Gender").use is Use.DESCRIPTOR


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"Nope": {"use": "basis"}}, "no column “Nope”"),
        ({"city": {"color": "red"}}, "cannot be changed"),
        ({"city": {"role": "banana"}}, "no role “banana”"),
        ({"city": {"use": "banana"}}, "no use “banana”"),
        ({"city": {"meaning": "banana"}}, "no meaning “banana”"),
        ({"city": {"role": "numeric"}}, "not numbers"),
        ({"city": {"role": "date"}}, "not dates"),
        ({"city": {"role": "binary"}}, "different values, not 2"),
        ({"city": {"role": "ordinal", "levels": ["Rome", "Oslo"]}}, "each of its levels once"),
        ({"city": {"role": "text", "use": "basis"}}, "cannot take part"),
        ({"many": {"role": "nominal"}}, "more than 200"),
        ({"city": {"meaning": "spend"}}, "cannot both stand for"),
    ],
)
def test_changes_that_do_not_suit_the_values_get_a_sentence(
    changes: dict[str, dict[str, Any]], sentence: str
) -> None:
    table = table_of(
        city=["Rome", "Oslo", "Bern"] * 100,
        spend=[i * 0.5 for i in range(300)],
        many=[f"text {i}" for i in range(300)],
    )
    with pytest.raises(ParameterError, match=sentence):
        table.with_columns(changes)


def test_a_table_survives_storage_byte_for_byte() -> None:
    table = read_table(
        b"id,age,tier,day,line\n1,30,Gold,2024-01-05,x\n2,n/a,Silver,2024-02-05,y\n"
        b"3,41,Gold,,z\n3,41,Gold,,z\n4,1,2,3,4,5,6\n5,44,gold,2024-05-05,w\n"
    )
    again = Table.from_bytes(table.to_bytes())

    pd.testing.assert_frame_equal(again.frame, table.frame)
    pd.testing.assert_frame_equal(again.rejects, table.rejects)
    assert again.columns == table.columns
    assert again.issues == table.issues
    assert again.describe() == table.describe()
    assert again.lines.tolist() == table.lines.tolist()
    assert again.to_bytes() == table.to_bytes()


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"x" * 100])
def test_damaged_storage_is_an_error_with_a_sentence(damage: bytes) -> None:
    from segmentation.errors import ReadError

    stored = table_of(a=[1, 2, 3], b=[2.5, 3.5, 4.5]).to_bytes()
    for data in (damage, stored[:-20], stored[: len(stored) // 2]):
        with pytest.raises(ReadError, match="import the file again"):
            Table.from_bytes(data)


@pytest.mark.parametrize(
    "name",
    ["Umsatz (EUR)", "Umsatz", "Revenue", "Revenue USD", "Sales", "Sales in Euro", "Amount", "CA",
     "CA (€)", "Ventas", "Chiffre d'affaires", "Total_Spend_GBP"],
)  # fmt: skip
def test_amounts_are_recognized_in_any_language_and_currency(name: str) -> None:
    frame = pd.DataFrame({"visits score": [1.0, 2, 4, 9], name: [10.5, 20.25, 30.0, 7.75]})
    assert Table.from_frame(frame).meaning("spend") == name
