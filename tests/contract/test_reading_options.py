"""The command line reads a file as it is told, keeps the choices, and repeats them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.contract.test_command_line import assert_one_line, good, run, strict_json

ROWS = "".join(f"{i}|{20 + i % 40}|{i * 7 % 50},5|{'ü' if i % 3 else 'ß'}\n" for i in range(1, 61))
FILE = f"Report\nid|age|spend|group\n{ROWS}"


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A file in an encoding that nobody can guess."""
    (tmp_path / "odd.csv").write_bytes(FILE.encode("cp850"))
    return tmp_path / "odd.csv"


def test_every_choice_of_reading_can_be_made(odd: Path) -> None:
    choices = ("--encoding", "cp850", "--delimiter", "|", "--decimal", ",", "--header-line", 2)
    report = strict_json(good("inspect", odd, *choices, "--json"))

    assert (report["encoding"], report["delimiter"], report["decimal"]) == ("cp850", "|", ",")
    assert (report["header_line"], report["rows_used"]) == (2, 60)
    assert set(report["columns"][3]["levels"]) == {"ü", "ß"}
    told = good("inspect", odd, *choices)
    assert "csv, cp850, delimiter “|”, decimal comma, header in line 2" in told


def test_a_tab_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\tb,c\n1\t2,5\n2\t3,5\n3\t4,5\n")
    report = strict_json(good("inspect", tmp_path / "t.csv", "--delimiter", "tab", "--json"))

    assert report["delimiter"] == "\t"


@pytest.mark.parametrize("sheet", ["June", "1"])
def test_a_sheet_is_chosen_by_name_or_position(tmp_path: Path, sheet: str) -> None:
    with pd.ExcelWriter(tmp_path / "b.xlsx", engine="xlsxwriter") as book:
        for name in ("May", "June"):
            pd.DataFrame({name: [1, 2], "x": [3, 5]}).to_excel(book, sheet_name=name, index=False)
    report = strict_json(good("inspect", tmp_path / "b.xlsx", "--sheet", sheet, "--json"))

    assert report["sheet"] == "June"


def test_a_recipe_is_saved_and_repeated_by_every_command(odd: Path, tmp_path: Path) -> None:
    recipe, model = tmp_path / "r.json", tmp_path / "m.segmodel"
    good("inspect", odd, "--encoding", "cp850", "--save-recipe", recipe)
    assert json.loads(recipe.read_text())["chosen"] == {"encoding": "cp850"}
    assert strict_json(good("inspect", odd, "--recipe", recipe, "--json"))["encoding"] == "cp850"
    good("fit", odd, "--recipe", recipe, "-k", 2, "-o", model)
    good("assign", model, odd, "--recipe", recipe, "-o", tmp_path / "out.csv")
    assert "ü" in (tmp_path / "out.csv").read_text()


def test_what_no_longer_fits_a_recipe_is_said(odd: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "r.json"
    good("inspect", odd, "--encoding", "cp850", "--header-line", 2, "--save-recipe", recipe)
    (tmp_path / "june.csv").write_text(FILE.removeprefix("Report\n").replace("age", "years"))
    told = good("inspect", tmp_path / "june.csv", "--recipe", recipe)
    assert "The recipe knows columns that this file does not have" in told
    assert "This file has columns that the recipe does not know" in told

    recipe.write_text(json.dumps({"version": 1, "chosen": {"header_line": 5000}}))
    done = run("fit", odd, "-k", 2, "--recipe", recipe)
    assert done.returncode == 0
    assert "The recipe's header line “5000” no longer fits." in done.stderr


def test_a_file_of_transactions_is_called_so(tmp_path: Path) -> None:
    good("sample", "transactions", "--rows", 300, "-o", tmp_path / "t.csv")
    done = run("fit", tmp_path / "t.csv", "-k", 2)

    assert done.returncode == 0
    assert "each row looks like a transaction" in done.stderr


def test_the_old_meaning_of_encoding_still_works(tmp_path: Path) -> None:
    good("sample", "customers", "--rows", 60, "-o", tmp_path / "c.csv")
    old = strict_json(good("fit", tmp_path / "c.csv", "-k", 2, "--encoding", "label", "--json"))
    new = strict_json(
        good("fit", tmp_path / "c.csv", "-k", 2, "--column-encoding", "label", "--json")
    )

    assert old["inertia"] == new["inertia"]


def test_impossible_choices_give_one_line(odd: Path, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("[1]")
    for choice in (
        ("--encoding", "klingon"),
        ("--delimiter", "ab\n"),
        ("--decimal", ";"),
        ("--header-line", "-1"),
        ("--header-line", "5000"),
        ("--recipe", tmp_path / "none.json"),
        ("--recipe", tmp_path / "no.json"),
        ("--recipe", odd),
        ("--save-recipe", tmp_path / "nowhere" / "r.json"),
    ):
        assert_one_line(run("inspect", odd, *choice))


def test_a_refusal_names_the_option_that_helps(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("a:b\nx:y\nz:w\n")

    assert "--delimiter" in run("inspect", tmp_path / "c.csv").stderr
