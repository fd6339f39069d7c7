"""Tables line up and write numbers for people."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from dash.development.base_component import Component

from dashapp.components.tables import MAX_ROWS, data_table

pytestmark = pytest.mark.usefixtures("dollars")


def cells(component: Component) -> list[list[str]]:
    body = json.loads(json.dumps(component.to_plotly_json(), cls=_Encoder))
    table = body["props"]["children"]["props"]["children"]
    rows = table[2]["props"]["children"]
    return [[_text(cell) for cell in row["props"]["children"]] for row in rows]


class _Encoder(json.JSONEncoder):
    def default(self, o: object) -> object:
        return o.to_plotly_json() if isinstance(o, Component) else super().default(o)


def _text(cell: dict) -> str:
    children = cell["props"]["children"]
    return children if isinstance(children, str) else children[-1]


def test_numbers_of_a_column_have_the_same_decimals() -> None:
    frame = pd.DataFrame({"Average Rating": [4.6, 4.0], "Total Spend": [1120.2, 780.0]})
    assert cells(data_table(frame)) == [["4.6", "$1,120.20"], ["4.0", "$780.00"]]


def test_missing_values_are_a_dash() -> None:
    frame = pd.DataFrame({"Age": [34.0, None], "City": ["Rome", None]})
    assert cells(data_table(frame)) == [["34", "Rome"], ["–", "–"]]


def test_ids_have_no_thousands_separators() -> None:
    frame = pd.DataFrame({"Customer ID": [10001, 10002]})
    assert cells(data_table(frame)) == [["10001"], ["10002"]]


def test_a_table_that_describes_columns_uses_their_units() -> None:
    frame = pd.DataFrame(
        {"column": ["Total Spend", "Age"], "count": [1200, 1200], "mean": [845.3812, 33.5971]}
    )
    assert cells(data_table(frame)) == [["Total Spend", "1,200", "$845"], ["Age", "1,200", "33.6"]]


def test_shares_are_percentages() -> None:
    frame = pd.DataFrame({"column": ["City"], "top_share": [0.331]})
    assert cells(data_table(frame)) == [["City", "33 %"]]


def test_long_tables_are_cut() -> None:
    assert len(cells(data_table(pd.DataFrame({"n": range(5 * MAX_ROWS)})))) == MAX_ROWS


def test_long_texts_are_whole_on_hover_and_numbers_with_units_stand_at_the_right() -> None:
    name = "A column with a name that no table has room for"
    frame = pd.DataFrame({"Column": [name], "Everybody": ["$1,300"]})
    drawn = json.dumps(data_table(frame, right=("Everybody",)), cls=_Encoder)
    assert f'"title": "{name}"' in drawn
    assert drawn.count("cell-number") == 2
