"""Whatever is wrong with a model file, it ends in a sentence, or in a model that works."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation import CustomerSegmentation, ModelFileError, SegmentModel
from segmentation.scoring.artifact import MAX_JSON
from tests.segmentation.scoring.mutants import HEADERS, members_of, mutants, sealed


@pytest.fixture(scope="module")
def files(customers: pd.DataFrame) -> list[bytes]:
    dated = customers.assign(
        Since=pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(400) % 90, unit="D")
    )
    models = [
        CustomerSegmentation(n_clusters=3, algorithm=name).fit(dated).model_
        for name in ("kmeans", "gmm", "hdbscan")
    ]
    return [model.to_bytes(customers=True) for model in models]


def survivors(files: list[bytes], customers: pd.DataFrame, count: int, seed: int) -> int:
    """Read and use so many damaged files; how many were models all the same."""
    found = 0
    for turn, file in enumerate(files):
        for mutant in mutants(file, count // len(files), seed + turn):
            try:
                model = SegmentModel.from_bytes(mutant)
            except ModelFileError:
                continue
            found += 1
            use(model, customers)
    return found


def use(model: SegmentModel, customers: pd.DataFrame) -> None:
    """Ask a model everything; any fault but a sentence fails the test."""
    record = customers.iloc[0].to_dict() | {"Since": "2024-02-01"}
    with np.errstate(all="ignore"):
        scores = model.assign(customers.head(20).assign(Since=None))
        assert np.isfinite(scores["confidence"]).all()
        assert np.isfinite(model.score(record).confidence)
        model.score({})
        model.whatif(record)
        model.project(customers.head(2).assign(Since=None))
        model.describe()
        SegmentModel.from_bytes(model.to_bytes())


def test_damaged_files_end_in_a_sentence(files: list[bytes], customers: pd.DataFrame) -> None:
    assert 0 < survivors(files, customers, 300, seed=1) < 200


@pytest.mark.slow
def test_many_damaged_files_end_in_a_sentence(files: list[bytes], customers: pd.DataFrame) -> None:
    assert survivors(files, customers, 10_000, seed=1_000) > 0


@pytest.mark.parametrize("header", HEADERS)
def test_an_array_s_header_is_never_evaluated(files: list[bytes], header: bytes) -> None:
    members = members_of(files[0])
    raw = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with pytest.raises(ModelFileError, match="centers"):
        SegmentModel.from_bytes(sealed(members | {"centers.npy": raw}))


def test_json_of_empty_lists_is_refused_before_it_is_parsed(files: list[bytes]) -> None:
    members = members_of(files[0])
    bomb = b"[" + b"[]," * (MAX_JSON // 3) + b"[]]"
    with pytest.raises(ModelFileError, match="more than 2 MB"):
        SegmentModel.from_bytes(sealed(members | {"model.json": bomb}))


def renamed(document: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return dict(json.loads(json.dumps(document).replace(json.dumps(old), json.dumps(new))))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["story"]["segments"][0].update(name="x" * 61), "segment"),
        (lambda d: d["story"]["segments"][0].update(name="x" * 1_000_000), "extreme length"),
        (lambda d: d["story"]["segments"][0].update(name="\ud800"), "half of a character"),
        (lambda d: d["story"]["segments"][0].update(id="s-1"), "segment"),
        (lambda d: d["story"]["segments"][0].update(share=1.5), "segment"),
        (lambda d: d["story"]["segments"].extend(60 * [d["story"]["segments"][0]]), "profiles"),
        (lambda d: d["story"]["columns"].extend(600 * [d["story"]["columns"][0]]), "profiles"),
        (lambda d: d["story"]["columns"][1].update(minimum=1e308), "column"),
        (lambda d: d["story"]["columns"][1].update(decimals=400), "column"),
        (lambda d: d["story"].update(n_used=10**400), "n_used"),
        (lambda d: d["encoder"]["columns"][0].update(scale=0.0), "encoding"),
        (lambda d: d["encoder"]["columns"][0].update(kind="magic"), "encoding"),
        (lambda d: d["encoder"]["columns"][0].update(role="magic"), "role"),
        (lambda d: d["encoder"]["columns"][0].update(center=[]), "encoding"),
        (lambda d: d["features"].reverse(), "map"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(files: list[bytes], change: Any, words: str) -> None:
    members = members_of(files[0])
    document = json.loads(members["model.json"])
    change(document)
    raw = json.dumps(document).encode()
    with pytest.raises(ModelFileError, match=words):
        SegmentModel.from_bytes(sealed(members | {"model.json": raw}))


def test_a_column_s_name_has_at_most_200_characters(files: list[bytes]) -> None:
    members = members_of(files[0])
    document = renamed(json.loads(members["model.json"]), "Age", "x" * 201)
    document = renamed(document, "Age", "x" * 201)
    with pytest.raises(ModelFileError, match="200 characters"):
        SegmentModel.from_bytes(sealed(members | {"model.json": json.dumps(document).encode()}))


@pytest.mark.parametrize("dtype", ["<f4", "<i8", "|b1", "<c16"])
def test_centers_are_float64(files: list[bytes], dtype: str) -> None:
    members, buffer = members_of(files[0]), io.BytesIO()
    centers = np.lib.format.read_array(io.BytesIO(members["centers.npy"]))
    np.lib.format.write_array(buffer, centers.astype(dtype), (1, 0))
    with pytest.raises(ModelFileError):
        SegmentModel.from_bytes(sealed(members | {"centers.npy": buffer.getvalue()}))


def test_a_model_that_no_file_holds_is_not_written(model: SegmentModel) -> None:
    many = replace(model, segments=51 * model.segments[:1])
    with pytest.raises(ModelFileError, match="51 segments, and at most 50"):
        many.to_bytes()


def test_amounts_beyond_whole_numbers_travel() -> None:
    frame = pd.DataFrame({"x": np.arange(1.0, 41.0) * 1e20, "y": np.arange(40.0) % 7})
    model = CustomerSegmentation(n_clusters=2).fit(frame).model_
    SegmentModel.from_bytes(model.to_bytes())


def test_a_wide_model_fits_into_a_file() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 120))).add_prefix("A column with a long name ")
    for i in range(20):
        frame[f"Level {i}"] = rng.choice([f"value {v}" for v in range(50)], 300)
    model = CustomerSegmentation(n_clusters=12).fit(frame).model_
    again = SegmentModel.from_bytes(model.to_bytes(customers=True))
    assert again.describe() == model.describe()
