"""The command line on many files."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from segmentation.cli.commands import commands
from tests.segmentation.scale.conftest import CUSTOMERS, write_parts


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, [str(one) for one in arguments])


def test_fitting_and_assigning_from_folder_to_folder(
    customers: pd.DataFrame, tmp_path: Path
) -> None:
    files = write_parts(customers, tmp_path / "customers", 2)
    model, scored = tmp_path / "m.segmodel", tmp_path / "scored"
    fitted = run(
        "fit", f"{files}/*.parquet", "--engine", "dask", "--memory", "1.5GB", "-o", model, "--json"
    )
    assert fitted.exit_code == 0, fitted.output
    report = json.loads(fitted.stdout)
    assert (report["n_rows"], report["k"]) == (CUSTOMERS, 4)
    done = run("assign", model, files, "-o", scored, "--engine", "dask", "--memory", "1.5GB")
    assert done.exit_code == 0, done.output
    assert f"{CUSTOMERS:,} customers, each with a segment, in 2 files" in done.output
    sizes = pd.read_parquet(scored)["segment_id"].value_counts()
    assert sizes.to_dict() == {one["id"]: one["size"] for one in report["segments"]}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--memory", "2GB"), "--memory needs --engine dask"),
        (("--engine", "dask", "--sheet", "1"), "--sheet needs --engine memory"),
        (("--engine", "dask", "--memory", "1MB"), "too little"),
    ],
)
def test_options_that_do_not_go_together_are_said(
    options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    found = run("fit", tmp_path, *options)
    assert found.exit_code == 2
    assert words in found.stderr
    assert found.stderr.count("\n") == 1
