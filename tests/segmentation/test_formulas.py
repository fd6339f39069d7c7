"""No text can begin a formula, wherever a spreadsheet lets a cell begin."""

from __future__ import annotations

import math
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from segmentation import escape_formula, escape_formulas, unescape_formula
from segmentation.cli.write_scores import write_csv
from tests.formulas import TEXTS, cells_of, could_run


@given(text=TEXTS)
def test_no_escaped_text_could_run_and_nothing_is_lost(text: str) -> None:
    safe = escape_formula(text)
    assert not could_run(safe)
    assert not safe.startswith(("\t", "\r", "\n", "\x00"))
    assert unescape_formula(safe) == unescape_formula(text)


@given(text=TEXTS.filter(lambda text: "'" not in text))
def test_what_was_escaped_comes_back_as_it_was(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("-12.5", "-12.5"),
        ("-1.234,56", "-1.234,56"),
        ("-1e-5", "-1e-5"),
        ("Anna-Maria", "Anna-Maria"),
        ("a@b.example", "a@b.example"),
        ("Smith, -5 %", "Smith, -5 %"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-2+3", "'-2+3"),
        ("\u00a0\u200b＝1", "'\u00a0\u200b＝1"),
        ("x;=1+1", "x;'=1+1"),
        ('x;"=1', "x;'\"=1"),
        ("x\n@y", "x\n'@y"),
    ],
)
def test_what_is_escaped_and_what_stays(text: str, safe: str) -> None:
    assert escape_formula(text) == safe


def test_a_frame_keeps_its_numbers_days_and_gaps() -> None:
    frame = pd.DataFrame(
        {
            "=note": ["=1", None, "fine"],
            "amount": [-1.5, np.nan, 2.0],
            "kind": pd.Categorical(["@a", "b", None]),
            "mixed": [-3, "=x", None],
            "day": pd.to_datetime(["2026-01-02", None, "1999-01-01"]),
        }
    )
    before = frame.copy()
    safe = escape_formulas(frame)
    assert list(safe) == ["'=note", "amount", "kind", "mixed", "day"]
    assert safe["'=note"].fillna("missing").tolist() == ["'=1", "missing", "fine"]
    assert safe["kind"].astype(object).fillna("missing").tolist() == ["'@a", "b", "missing"]
    assert safe["mixed"].tolist()[:2] == [-3, "'=x"]
    for name in ("amount", "day"):
        pd.testing.assert_series_equal(safe[name], frame[name])
    pd.testing.assert_frame_equal(frame, before)


def test_an_infinite_number_is_no_formula_either() -> None:
    frame = pd.DataFrame({"amount": [math.inf, -math.inf, -2.5]})
    assert escape_formulas(frame)["amount"].tolist() == ["inf", "'-inf", -2.5]


def test_two_names_that_become_one_keep_both_columns(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"=a": [1, 2], "'=a": [3, 4]}), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == '"\'=a","\'=a"\n1,3\n2,4\n'


@pytest.mark.parametrize("unit", ["\t", "\x00", '"', ";", " ;", "-1", "-", "1,", "\u200b", "\n\t"])
def test_hostile_texts_take_no_longer_than_others(unit: str) -> None:
    def seconds(repeats: int) -> float:
        text = f"-{unit * repeats}x"
        begun = process_time()
        escape_formulas(pd.DataFrame({unit: [text]}))
        escape_formula(text)
        return process_time() - begun

    # Quadratic work would take minutes.
    assert seconds(1_000_000 // len(unit)) < 5


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_command_lines_files_begin_no_formula(tmp_path: Path, delimiter: str) -> None:
    texts = ["=1+1", "x;=1+1", "x\t+1", "x\n-a", 'say "hi";@x', "plain", "-5"]
    for mixed in (False, True):
        frame = pd.DataFrame({"@note": texts, "balance": [-1.5] * len(texts)})
        if mixed:
            frame["other"] = [None, *range(len(texts) - 1)]
            frame["other"] = frame["other"].astype(object)
        write_csv(frame, tmp_path / "out.csv")
        text = (tmp_path / "out.csv").read_bytes().decode()
        assert not any(could_run(cell) for cell in cells_of(text, delimiter))
    back = pd.read_csv(tmp_path / "out.csv")
    assert back["balance"].tolist() == [-1.5] * len(texts)
