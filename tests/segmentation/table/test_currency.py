"""The currency of amounts: read from the file, never guessed, and carried by the model."""

from __future__ import annotations

import pytest

from segmentation import CustomerSegmentation, SegmentModel, Table, read_table, sample_customers


def table(amounts: list[str], name: str = "Spend", more: str = "") -> Table:
    """A small list with one column of amounts, and maybe one that is the same for everybody."""
    head = f"id;age;{name}{';' + more.split('=', maxsplit=1)[0] if more else ''}"
    end = f";{more.split('=')[1]}" if more else ""
    rows = [f"k{i};{20 + i % 9};{amounts[i % len(amounts)]}{end}" for i in range(30)]
    return read_table("\n".join([head, *rows]).encode(), name="list.csv")


@pytest.mark.parametrize(
    ("amounts", "name", "currency"),
    [
        (["€ 12,50", "€ 1.300,00", "€ 7,10"], "Umsatz", "€"),
        (["12.5 EUR", "1300 EUR", "7 EUR"], "Amount", "€"),
        (["$12.50", "$1,300.00", "-$7.10"], "Spend", "$"),
        (["CHF 12.50", "CHF 1'300.00", "CHF 7.10"], "Miete", "CHF"),
        (["12", "13", "14"], "Umsatz (€)", "€"),
        (["12", "13", "14"], "Spend GBP", "£"),
        (["12", "13", "14"], "mrr_usd", "$"),
        (["12", "13", "14"], "Total Spend", ""),
        (["12", "13", "14"], "Income (k$)", ""),
        (["12 %", "13 %", "14 %"], "Discount", ""),
        (["€12", "13", "14"], "Amount", ""),
    ],
)
def test_a_currency_is_what_stands_beside_most_amounts_or_in_the_name(
    amounts: list[str], name: str, currency: str
) -> None:
    assert table(amounts, name).column(name).currency == currency


def test_a_column_that_says_the_currency_of_all_rows_is_heard() -> None:
    assert table(["12", "13", "17"], "Total Spend", "Currency=GBP").column(
        "Total Spend"
    ).currency == "£"  # fmt: skip
    assert table(["12", "13", "17"], "Total Spend", "Currency=abc").column(
        "Total Spend"
    ).currency == ""  # fmt: skip


def test_ages_have_no_currency_even_where_amounts_have_one() -> None:
    assert table(["€12", "€13", "€15"], "Spend").column("age").currency == ""


def test_the_model_keeps_the_currency_and_speaks_in_it() -> None:
    frame = sample_customers(200, 3).rename(columns={"Total Spend": "Total Spend (€)"})
    model = CustomerSegmentation(n_clusters=3).fit(Table.from_frame(frame)).model_
    back = SegmentModel.from_bytes(model.to_bytes())
    kept = {column.name: column.currency for column in back.columns}
    assert kept["Total Spend (€)"] == "€"
    assert kept["Age"] == ""
    told = " ".join(action.because for segment in back.segments for action in segment.actions)
    assert "spends €" in told.lower()
    assert "$" not in told


def test_a_stored_table_keeps_its_currencies() -> None:
    kept = Table.from_bytes(table(["€12", "€13", "€15"], "Spend").to_bytes())
    assert kept.column("Spend").currency == "€"
