"""The command line keeps its promises: JSON for machines, one line for mistakes."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest

from segmentation.cli.commands import main

FIT_KEYS = {
    "n_rows", "n_used", "columns", "k", "verdict", "evidence", "segments", "inertia",
    "explained_variance", "seconds", "seed", "version",
}  # fmt: skip
EVIDENCE_KEYS = {
    "k", "silhouette", "silhouette_low", "silhouette_high", "calinski_harabasz",
    "davies_bouldin", "inertia", "stability", "smallest_share",
}  # fmt: skip
SEGMENT_KEYS = {"id", "name", "size", "share", "stability", "profile", "rules", "actions"}
INSPECT_KEYS = {
    "format", "encoding", "delimiter", "decimal", "header_line", "rows_read", "rows_used",
    "rows_set_aside", "rows_duplicate", "columns", "issues",
}  # fmt: skip
SCORED = ["segment_id", "segment", "runner_up", "confidence", "fits", "problems"]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Done:
    """Run a command in this process, which saves the second that a new one takes."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["segmentation", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    code = ended.value.code
    return Done(code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())


def good(*arguments: object) -> str:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def strict_json(text: str) -> Any:
    def refuse(value: str) -> Any:
        raise AssertionError(f"{value} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample file and a model of it."""
    folder = tmp_path_factory.mktemp("cli")
    good("sample", "customers", "--rows", 200, "--seed", 3, "-o", folder / "c.csv")
    good("fit", folder / "c.csv", "-o", folder / "m.segmodel")
    return folder


def test_fit_prints_the_promised_object(folder: Path) -> None:
    report = strict_json(good("fit", folder / "c.csv", "--json"))
    assert report.keys() >= FIT_KEYS
    assert all(one.keys() == EVIDENCE_KEYS for one in report["evidence"])
    assert all(one.keys() >= SEGMENT_KEYS for one in report["segments"])
    assert report["seconds"].keys() == {"read", "encode", "choose", "fit", "explain", "total"}
    assert report["n_rows"] == report["n_used"] == 200
    assert report["k"] == len(report["segments"]) == report["verdict"]["k"]
    assert sum(one["size"] for one in report["segments"]) == 200
    parts = sum(value for key, value in report["seconds"].items() if key != "total")
    assert report["seconds"]["total"] >= parts


def test_two_runs_agree_but_for_the_seconds(folder: Path) -> None:
    first, second = (strict_json(good("fit", folder / "c.csv", "--json")) for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_describe_tells_what_was_saved(folder: Path) -> None:
    described = strict_json(good("describe", folder / "m.segmodel", "--json"))
    fitted = strict_json(good("fit", folder / "c.csv", "--json"))
    assert described["segments"] == fitted["segments"]
    assert described["evidence"] == fitted["evidence"]
    assert "High Spenders" in good("describe", folder / "m.segmodel")


def test_inspect_reconciles(folder: Path) -> None:
    report = strict_json(good("inspect", folder / "c.csv", "--json"))
    assert report.keys() >= INSPECT_KEYS
    used, aside, copies = (report[f"rows_{n}"] for n in ("used", "set_aside", "duplicate"))
    assert report["rows_read"] == used + aside + copies == 200
    assert "Customer ID" in good("inspect", folder / "c.csv")


def test_assign_keeps_every_row_in_its_place(folder: Path, tmp_path: Path) -> None:
    rows = pd.read_csv(folder / "c.csv").iloc[:20]
    twice = pd.concat([rows, rows.iloc[::-1]], ignore_index=True)
    twice.to_csv(tmp_path / "twice.csv", index=False)
    good("assign", folder / "m.segmodel", tmp_path / "twice.csv", "-o", tmp_path / "out.csv")
    scored = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert list(scored.columns) == [*rows.columns, *SCORED]
    assert scored["Customer ID"].tolist() == twice["Customer ID"].tolist()
    assert scored["segment"].tolist()[:20] == scored["segment"].tolist()[:19:-1]


def test_rows_that_cannot_be_read_stay_in_their_place(folder: Path, tmp_path: Path) -> None:
    lines = (folder / "c.csv").read_text().splitlines()
    lines.insert(3, "1,2")
    (tmp_path / "odd.csv").write_text("\n".join(lines[:12]) + "\n")
    good("assign", folder / "m.segmodel", tmp_path / "odd.csv", "-o", tmp_path / "out.csv")
    scored = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert len(scored) == 11
    assert scored["segment_id"].tolist()[2] == "unassigned"
    assert scored["problems"].tolist()[2]


def test_columns_called_like_ours_are_kept_under_another_name(folder: Path, tmp_path: Path) -> None:
    rows = pd.read_csv(folder / "c.csv").iloc[:9].assign(segment="B2B", reason="none given")
    rows.to_csv(tmp_path / "own.csv", index=False)
    with (tmp_path / "own.csv").open("a") as stream:
        stream.write("1,2\n")
    done = run("assign", folder / "m.segmodel", tmp_path / "own.csv", "-o", tmp_path / "out.csv")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert "“segment (input)”" in done.stderr
    scored = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    theirs = ["segment (input)" if name == "segment" else name for name in rows.columns]
    assert list(scored.columns) == [*theirs, *SCORED]
    assert scored["segment (input)"].tolist() == ["B2B"] * 9 + [""]
    assert scored["reason"].tolist() == ["none given"] * 9 + [""]
    assert "cells instead of" in scored["problems"].tolist()[-1]


def test_commas_and_quotes_survive_in_the_scored_file(folder: Path, tmp_path: Path) -> None:
    rows = pd.read_csv(folder / "c.csv").iloc[:5].assign(City='Saint "Paul", MN')
    rows.to_csv(tmp_path / "quoted.csv", index=False)
    good("assign", folder / "m.segmodel", tmp_path / "quoted.csv", "-o", tmp_path / "out.csv")
    scored = pd.read_csv(tmp_path / "out.csv")
    assert scored["City"].tolist() == ['Saint "Paul", MN'] * 5


def test_evaluate_measures_agreement(folder: Path, tmp_path: Path) -> None:
    from segmentation import sample_customer_kinds

    frame = pd.read_csv(folder / "c.csv").assign(Kind=sample_customer_kinds(200, 3))
    frame.to_csv(tmp_path / "known.csv", index=False)
    report = strict_json(good("evaluate", tmp_path / "known.csv", "--labels", "Kind", "--json"))
    assert report["adjusted_rand_index"] >= 0.9
    assert report["groups"] == report["k"] == 4


def test_a_refit_keeps_names(folder: Path) -> None:
    report = strict_json(
        good("fit", folder / "c.csv", "--previous", folder / "m.segmodel", "--json")
    )
    assert {one["status"] for one in report["lineage"]} == {"matched"}


def write(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nothing.csv", b""),
        ("image.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
        ("one_column.csv", b"a\n1\n2\n3\n"),
        ("header_only.csv", b"a,b\n"),
        ("one_row.csv", b"a,b\n1,2\n"),
        ("same.csv", b"a,b\n" + b"1,2\n" * 30),
    ],
)
def test_files_that_cannot_be_segmented_give_one_line(
    tmp_path: Path, name: str, data: bytes
) -> None:
    assert_one_line(run("fit", write(tmp_path, name, data)))


def assert_one_line(done: Done) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.endswith("\n")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_wrong_use_gives_one_line(folder: Path, tmp_path: Path) -> None:
    data = folder / "c.csv"
    for arguments in (
        (),
        ("fit",),
        ("fit", tmp_path / "not there.csv"),
        ("fit", tmp_path),
        ("fit", data, "-k", "many"),
        ("fit", data, "-k", "0"),
        ("fit", data, "--columns", "Shoe size"),
        ("fit", data, "--algorithm", "magic"),
        ("fit", data, "--playbook", tmp_path / "none.toml"),
        ("fit", data, "-o", tmp_path / "no folder" / "m.segmodel"),
        ("describe", data),
        ("describe", tmp_path / "none.segmodel"),
        ("assign", folder / "m.segmodel", tmp_path / "none.csv", "-o", tmp_path / "o.csv"),
        ("evaluate", data, "--labels", "Kind"),
        ("sample", "unicorns", "-o", tmp_path / "x.csv"),
        ("dance",),
    ):
        assert_one_line(run(*arguments))


def test_a_missing_folder_is_named_before_any_work(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "nowhere" / "out"
    for command in (
        ("fit", folder / "none.csv", "-o", place),
        ("assign", folder / "none.segmodel", folder / "none.csv", "-o", place),
        ("sample", "customers", "-o", place),
    ):
        assert f"no folder {tmp_path / 'nowhere'}" in run(*command).stderr


def test_a_folder_or_a_model_in_the_wrong_place_is_called_what_it_is(folder: Path) -> None:
    assert "is a folder" in run("describe", folder).stderr
    for command in ("fit", "inspect"):
        assert "This is a model file" in run(command, folder / "m.segmodel").stderr


@pytest.mark.parametrize("rows", [1, 17, 500])
def test_as_many_transactions_are_written_as_were_asked_for(rows: int, tmp_path: Path) -> None:
    told = good("sample", "transactions", "--rows", rows, "-o", tmp_path / "t.csv")
    assert told.startswith("1 transaction in" if rows == 1 else f"{rows} transactions in")
    assert len(pd.read_csv(tmp_path / "t.csv")) == rows


def test_samples_have_gaps_and_copies_when_asked(tmp_path: Path) -> None:
    output = tmp_path / "sample.csv"
    good("sample", "customers", "--rows", 200, "--missing", 0.05, "--duplicates", 0.1, "-o", output)
    frame = pd.read_csv(output)
    assert len(frame) == 220
    assert frame.duplicated().sum() == 20
    gaps = frame.head(200).drop(columns="Customer ID").isna().to_numpy().mean()
    assert 0.03 < gaps < 0.07


def test_inspect_says_which_column_each_issue_is_about(tmp_path: Path) -> None:
    rows = "".join(f"{i},{'x' if i == 3 else i * 2},EUR\n" for i in range(12))
    (tmp_path / "c.csv").write_text(f"id,visits score,currency\n{rows}")
    told = good("inspect", tmp_path / "c.csv")
    assert "• visits score: 1 cell is not a number: “x”." in told
    assert "• currency: Every value is “EUR”. The column tells no customers apart" in told


def test_one_column_without_a_name_is_one_column(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("age,spend,\n31,2.5,7\n33,4.5,8\n52,7.5,9\n")
    told = good("inspect", tmp_path / "c.csv")
    assert "1 column without a name got one from the position. Rename it in the file" in told


def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path) -> None:
    header = ",".join(f"metric {i}" for i in range(400))
    (tmp_path / "wide.csv").write_text(f"{header}\n" + f"{','.join(['1'] * 400)}\n" * 3)
    command = [sys.executable, "-m", "segmentation", "inspect", str(tmp_path / "wide.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""


def test_the_module_is_a_program(folder: Path) -> None:
    command = [sys.executable, "-m", "segmentation", "describe", str(folder / "m.segmodel")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "High Spenders" in done.stdout
    wrong = subprocess.run([*command[:-1], "nothing"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.count("\n") == 1
