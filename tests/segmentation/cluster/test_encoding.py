"""Rows become points in which every column weighs the same, and each step is explained."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from segmentation.cluster.encoding.column_encoding import EncodedColumn
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.errors import DataError, ParameterError
from segmentation.scoring.typed_json import from_json
from segmentation.table.schema.columns import Column, Role, Use


def column(name: str, role: Role, levels: tuple[str, ...] = ()) -> Column:
    return Column(name, role, Use.BASIS, "", levels=levels)


AGE = column("age", Role.NUMERIC)
TIER = column("tier", Role.ORDINAL, ("Bronze", "Silver", "Gold"))
CITY = column("city", Role.NOMINAL)
SALE = column("sale", Role.BINARY, ("no", "yes"))
SEEN = column("seen", Role.DATE)
ALL = [AGE, TIER, CITY, SALE, SEEN]
DAYS = ("01", "09", "11", None, "15", "05", "10", "31")


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": [20.0, 30, 40, 50, np.nan, 60, 35, 45],
            "tier": ["Bronze", "Gold", "Silver", "Gold", "Bronze", None, "Silver", "Gold"],
            "city": ["Rome", "Rome", "Oslo", "Rome", "Oslo", "Bonn", "Bonn", "Rome"],
            "sale": ["yes", "no", "yes", "yes", "no", "no", "yes", "no"],
            "seen": pd.to_datetime([f"2024-01-{d}" if d else None for d in DAYS]),
        }
    )


def test_every_column_weighs_the_same_whatever_its_type(frame):
    complete = frame.dropna()
    encoder = Encoder.fit(complete, ALL)
    points = encoder.transform(complete)
    for block in encoder.blocks:
        assert points[:, block].var(axis=0).sum() == pytest.approx(1.0, abs=1e-5)
    assert points.dtype == np.float32
    assert points.flags.c_contiguous


def test_a_weight_multiplies_the_variance_of_its_column(frame):
    encoder = Encoder.fit(frame, ALL, weights={"city": 4.0})
    city = encoder.transform(frame)[:, encoder.blocks[2]]
    assert city.var(axis=0).sum() == pytest.approx(4.0, abs=1e-5)


def test_ranks_follow_the_given_order_by_hand():
    frame = pd.DataFrame({"tier": ["Bronze", "Silver", "Gold"]})
    points = Encoder.fit(frame, [TIER]).transform(frame)
    np.testing.assert_allclose(points[:, 0], np.array([-1, 0, 1]) * np.sqrt(1.5), rtol=1e-6)


def test_long_tailed_amounts_go_through_the_logarithm():
    frame = pd.DataFrame({"age": np.exp(np.linspace(0, 8, 50))})
    encoder = Encoder.fit(frame, [AGE])
    assert encoder.columns[0].kind == "log"
    assert "logarithm" in encoder.columns[0].reason
    logs = np.log1p(frame["age"])
    expected = (logs - logs.mean()) / logs.std(ddof=0)
    np.testing.assert_allclose(encoder.transform(frame)[:, 0], expected, atol=1e-6)


def test_amounts_with_negative_values_stay_as_they_are():
    frame = pd.DataFrame({"age": [-1.0, *np.exp(np.linspace(0, 8, 50))]})
    assert Encoder.fit(frame, [AGE]).columns[0].kind == "number"


def test_missing_numbers_become_the_median_and_are_reported(frame):
    encoder = Encoder.fit(frame, [AGE])
    assert encoder.transform(frame)[4, 0] == encoder.transform_record({"age": 40})[0, 0]
    assert encoder.problems(frame)[4] == ("age is missing; the median 40 stood in.",)
    assert encoder.problems(frame)[0] == ()


def test_missing_levels_are_a_level_of_their_own():
    frame = pd.DataFrame({"city": ["Rome", "Oslo", None, "Rome"]})
    encoder = Encoder.fit(frame, [CITY])
    assert encoder.feature_names == ("city = Rome", "city = Oslo", "city = (missing)")
    assert "counts as (missing)" in encoder.problems(frame)[2][0]


def test_rare_levels_join_other_and_unknown_ones_too():
    frame = pd.DataFrame({"city": ["Rome"] * 150 + ["Oslo"] * 149 + ["Bonn"]})
    encoder = Encoder.fit(frame, [CITY])
    assert encoder.feature_names[-1] == "city = other"
    new = pd.DataFrame({"city": ["Bonn", "Lima"]})
    points = encoder.transform(new)
    np.testing.assert_array_equal(points[0], points[1])
    assert encoder.problems(new) == [
        (),
        ("city Lima was not there in training; it counts as other.",),
    ]


def test_an_unknown_level_without_other_counts_as_average():
    encoder = Encoder.fit(pd.DataFrame({"city": ["Rome", "Oslo"]}), [CITY])
    assert encoder.transform_record({"city": "Lima"}).tolist() == [[0.0, 0.0]]


def test_values_outside_training_are_reported(frame):
    encoder = Encoder.fit(frame, [AGE, SEEN])
    record = {"age": 150, "seen": "2030-01-01"}
    assert encoder.problems_record(record) == ("age 150 is above the highest in training, 60.",)


def test_newer_dates_have_negative_age(frame):
    encoder = Encoder.fit(frame, [SEEN])
    old, newest, newer = (
        encoder.transform_record({"seen": day})[0, 0]
        for day in ("2024-01-01", "2024-01-31", "2024-06-01")
    )
    assert old > newest > newer


def test_a_record_gets_the_very_point_of_its_row(frame):
    encoder = Encoder.fit(frame, ALL)
    points = encoder.transform(frame)
    for row, record in enumerate(frame.to_dict("records")):
        np.testing.assert_array_equal(encoder.transform_record(record)[0], points[row])
        assert encoder.problems_record(record) == encoder.problems(frame)[row]


def test_text_numbers_and_case_do_not_matter(frame):
    encoder = Encoder.fit(frame, ALL)
    typed = {"age": 30, "tier": "Gold", "city": "Rome", "sale": "no", "seen": "2024-01-09"}
    text = {"age": "30", "tier": "gold", "city": " ROME", "sale": "No", "seen": "2024-01-09"}
    np.testing.assert_array_equal(encoder.transform_record(typed), encoder.transform_record(text))


def test_a_point_does_not_depend_on_the_other_rows(frame):
    encoder = Encoder.fit(frame, ALL)
    whole = encoder.transform(frame)
    np.testing.assert_array_equal(encoder.transform(frame.iloc[::-1])[::-1], whole)
    np.testing.assert_array_equal(encoder.transform(frame.iloc[3:5]), whole[3:5])


def test_json_brings_back_the_same_encoder(frame):
    encoder = Encoder.fit(frame, ALL)
    plain = json.loads(json.dumps(encoder.to_dict()))
    again = Encoder(from_json(tuple[EncodedColumn, ...], plain["columns"], "columns"))
    np.testing.assert_array_equal(again.transform(frame), encoder.transform(frame))
    assert again.feature_names == encoder.feature_names


def test_rows_with_more_than_half_missing_are_not_usable(frame):
    frame.loc[0, ["tier", "city", "seen"]] = None
    assert Encoder.fit(frame, ALL).usable(frame).tolist() == [False] + [True] * 7


def test_label_mode_codes_by_alphabet_with_missing_first():
    frame = pd.DataFrame({"tier": ["Silver", "Gold", None, "Bronze"]})
    points = Encoder.fit(frame, [TIER], mode="label").transform(frame)[:, 0]
    codes = np.array([3, 2, 0, 1])
    np.testing.assert_allclose(points, (codes - codes.mean()) / codes.std(), rtol=1e-6)


def test_infinite_values_count_as_missing():
    frame = pd.DataFrame({"age": [1.0, 2.0, np.inf, -np.inf, 3.0]})
    encoder = Encoder.fit(frame, [AGE])
    assert np.isfinite(encoder.transform(frame)).all()
    assert encoder.columns[0].filled == 3


def test_a_constant_column_separates_nobody():
    frame = pd.DataFrame({"age": [1e9 + 0.1] * 5, "city": ["Rome"] * 5})
    encoder = Encoder.fit(frame, [AGE, CITY])
    assert not encoder.transform(frame).any()
    assert all("separates nobody" in c.reason or c.kind == "one_hot" for c in encoder.columns)


def test_columns_without_any_value_are_an_error():
    with pytest.raises(DataError, match="hold no value"):
        Encoder.fit(pd.DataFrame({"age": [np.nan, np.nan]}), [AGE])
    with pytest.raises(DataError, match="at least one column"):
        Encoder.fit(pd.DataFrame({"age": [1.0]}), [])


def test_a_column_of_free_text_is_refused():
    frame = pd.DataFrame({"city": [f"street {i}" for i in range(300)]})
    with pytest.raises(DataError, match="300 different texts"):
        Encoder.fit(frame, [CITY])


def test_a_missing_column_is_named(frame):
    encoder = Encoder.fit(frame, ALL)
    with pytest.raises(DataError, match="lacks the column 'tier'"):
        encoder.transform(frame.drop(columns="tier"))


@pytest.mark.parametrize("weights", [{"age": 0.0}, {"age": float("nan")}, {"income": 1.0}])
def test_impossible_weights_are_refused(frame, weights):
    with pytest.raises(ParameterError):
        Encoder.fit(frame, ALL, weights=weights)


def test_scoring_imports_neither_scikit_learn_nor_scipy():
    code = (
        "import sys, segmentation.cluster.encoding.encoder, segmentation.cluster.projection\n"
        "assert not {'sklearn', 'scipy', 'joblib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
