"""The model file: the same answers after a journey, and nothing believed."""

from __future__ import annotations

import hashlib
import io
import json
import pickle  # noqa: TID251 - the attack, never the reader
import subprocess
import sys
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import CustomerSegmentation, ModelFileError, ParameterError, SegmentModel
from segmentation.scoring.artifact import FORMAT_VERSION, SEAL, pack, unpack
from segmentation.scoring.metadata import Story
from segmentation.scoring.typed_json import to_json


def sealed(members: dict[str, bytes], version: int = FORMAT_VERSION) -> bytes:
    """A file with the right checksums and whatever members."""
    listed = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in members.items()
        if name != "manifest.json"
    }
    manifest = {"format": "segmodel", "format_version": version, "members": listed}
    members = {"manifest.json": json.dumps(manifest).encode()} | members
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"0" * SEAL
        for name, data in members.items():
            archive.writestr(name, data)
    body = buffer.getvalue()[:-SEAL]
    return body + hashlib.sha256(body).hexdigest().encode()


def changed(model: SegmentModel, change: Any) -> bytes:
    """The model's file with its document or arrays changed by a function."""
    document, arrays = unpack(model.to_bytes())
    arrays = dict(arrays)
    change(document, arrays)
    return pack(document, arrays)


def test_a_loaded_model_gives_the_same_bytes_and_answers(
    model: SegmentModel, customers: pd.DataFrame, tmp_path: Path
) -> None:
    model.save(tmp_path / "m.segmodel")
    again = SegmentModel.load(tmp_path / "m.segmodel")
    assert again.to_bytes() == model.to_bytes()
    pd.testing.assert_frame_equal(again.assign(customers), model.assign(customers))
    assert again.describe() == model.without_customers().describe()
    assert np.array_equal(again.project(customers), model.project(customers))
    assert list(tmp_path.iterdir()) == [tmp_path / "m.segmodel"]


@pytest.mark.parametrize("algorithm", ["bisecting", "gmm", "ward", "hdbscan", "dbscan"])
def test_every_algorithm_s_model_survives_the_journey(
    customers: pd.DataFrame, algorithm: str
) -> None:
    model = CustomerSegmentation(n_clusters=4, algorithm=algorithm).fit(customers).model_
    again = SegmentModel.from_bytes(model.to_bytes())
    assert again.to_bytes() == model.to_bytes()
    pd.testing.assert_frame_equal(again.assign(customers), model.assign(customers))


def test_another_process_gives_identical_answers(
    model: SegmentModel, customers: pd.DataFrame, tmp_path: Path
) -> None:
    model.save(tmp_path / "m.segmodel")
    customers.to_parquet(tmp_path / "c.parquet")
    script = (
        "import sys, pandas as pd, segmentation\n"
        "model = segmentation.SegmentModel.load(sys.argv[1])\n"
        "model.assign(pd.read_parquet(sys.argv[2])).to_parquet(sys.argv[3])\n"
    )
    paths = [str(tmp_path / name) for name in ("m.segmodel", "c.parquet", "s.parquet")]
    subprocess.run([sys.executable, "-c", script, *paths], check=True)
    there = pd.read_parquet(tmp_path / "s.parquet")
    here = model.assign(pd.read_parquet(tmp_path / "c.parquet"))
    pd.testing.assert_frame_equal(there, here, check_exact=True)


def test_no_customer_is_inside(model: SegmentModel, customers: pd.DataFrame) -> None:
    document, arrays = unpack(model.to_bytes())
    text = json.dumps(document)
    ids = customers["Customer ID"].astype(str)
    assert not any(f'"{one}"' in text for one in ids)
    spend = set(customers["Total Spend"].tolist())
    for name, array in arrays.items():
        assert spend.isdisjoint(array.ravel().tolist()), name


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_flipped_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    raw = bytearray(_model_bytes())
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ModelFileError):
        SegmentModel.from_bytes(bytes(raw))


def _model_bytes(cache: list[bytes] = []) -> bytes:  # noqa: B006 - a cache on purpose
    if not cache:
        frame = pd.DataFrame({"a": np.r_[np.arange(20.0), np.arange(100.0, 120.0)]})
        cache.append(CustomerSegmentation(n_clusters=2).fit(frame).model_.to_bytes())
    return cache[0]


def test_a_grade_that_does_not_exist_is_refused() -> None:
    document, arrays = unpack(_model_bytes())
    document["story"]["verdict"]["grade"] = "<b>best</b>"
    with pytest.raises(ModelFileError, match="do not belong together"):
        SegmentModel.from_bytes(pack(document, arrays))


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.99])
def test_a_cut_off_file_is_noticed(kept: float) -> None:
    raw = _model_bytes()
    with pytest.raises(ModelFileError):
        SegmentModel.from_bytes(raw[: int(kept * len(raw))])


@pytest.mark.parametrize(
    "raw",
    [b"", b"id,age\n1,2\n", b"\x89PNG\r\n\x1a\n" + b"0" * 100, b"PK\x03\x04" + b"0" * 100],
    ids=["nothing", "a table", "an image", "the beginning of a zip"],
)
def test_what_is_no_model_file_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(ModelFileError):
        SegmentModel.from_bytes(raw)


def test_a_newer_file_is_refused_by_name() -> None:
    manifest = {"format": "segmodel", "format_version": FORMAT_VERSION + 1, "members": {}}
    with pytest.raises(ModelFileError, match="newer version"):
        SegmentModel.from_bytes(sealed({"manifest.json": json.dumps(manifest).encode()}))


class Canary:
    """Would leave a file behind if anybody unpickled it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("member", ["centers.npy", "model.json", "evil.pkl"])
def test_code_in_a_file_is_never_run(tmp_path: Path, member: str) -> None:
    evil = pickle.dumps(Canary(tmp_path / "canary"))
    objects = io.BytesIO()
    np.save(objects, np.array([Canary(tmp_path / "canary")], dtype=object), allow_pickle=True)
    for payload in (evil, objects.getvalue()):
        members = {"model.json": b"{}", member: payload}
        with pytest.raises(ModelFileError):
            SegmentModel.from_bytes(sealed(members))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "members",
    [
        {"model.json": b"0" * (20 * 2**20)},
        {"model.json": b"{}"} | {f"a{i}.npy": b"" for i in range(100)},
    ],
    ids=["a ratio of a thousand", "a hundred members"],
)
def test_bombs_are_refused_before_they_are_unpacked(members: dict[str, bytes]) -> None:
    with pytest.raises(ModelFileError, match="too large"):
        SegmentModel.from_bytes(sealed(members))


def test_a_header_that_announces_a_huge_array_allocates_nothing() -> None:
    buffer = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_1_0(buffer, header)
    with pytest.raises(ModelFileError, match="of its size"):
        SegmentModel.from_bytes(sealed({"model.json": b"{}", "centers.npy": buffer.getvalue()}))


@pytest.mark.parametrize(
    "change",
    [
        lambda document, arrays: document.pop("story"),
        lambda document, arrays: document["story"].pop("segments"),
        lambda document, arrays: document["story"].update(segments=[]),
        lambda document, arrays: document["story"].update(seed="42"),
        lambda document, arrays: document["story"]["segments"][0].update(size=1.5),
        lambda document, arrays: document["story"]["segments"][0].update(
            id=document["story"]["segments"][1]["id"]
        ),
        lambda document, arrays: document["encoder"]["columns"].pop(),
        lambda document, arrays: document.update(encoder=[]),
        lambda document, arrays: arrays.pop("centers"),
        lambda document, arrays: arrays.update(centers=arrays["centers"][:-1]),
        lambda document, arrays: arrays.update(spread=-arrays["spread"]),
        lambda document, arrays: arrays.update(reach=arrays["reach"] * np.nan),
        lambda document, arrays: arrays.update(scorer_owner=np.zeros(3)),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(model: SegmentModel, change: Any) -> None:
    with pytest.raises(ModelFileError, match="damaged"):
        SegmentModel.from_bytes(changed(model, change))


def test_a_path_without_a_file_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="There is no model file"):
        SegmentModel.load(tmp_path / "none.segmodel")
    with pytest.raises(ModelFileError, match="is a folder"):
        SegmentModel.load(tmp_path)


def test_rename_gives_a_new_model_and_leaves_the_old(model: SegmentModel) -> None:
    renamed = model.rename("s1", "  Our   stars ")
    assert renamed.segment("s1").name == "Our stars"
    assert model.segment("s1").name != "Our stars"
    assert renamed.segment("s2") is model.segment("s2")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "loyal customers", "Unassigned", "a\x00b"])
def test_impossible_names_are_refused(model: SegmentModel, name: str) -> None:
    with pytest.raises(ParameterError):
        model.rename("s1", name)


def test_a_model_cannot_be_changed(model: SegmentModel) -> None:
    with pytest.raises(AttributeError):
        model.seed = 3  # type: ignore[misc]
    with pytest.raises(ParameterError, match="no segment"):
        model.rename("s99", "Anybody")


def test_comparison_begins_with_the_largest_difference(model: SegmentModel) -> None:
    found = model.compare(["s1", "s4"])
    effects = [one.effect for one in found]
    assert effects == sorted(effects, reverse=True)
    assert set(found[0].values) == {"s1", "s4"}
    with pytest.raises(ParameterError):
        model.compare([])


def test_a_file_of_format_1_still_loads(model: SegmentModel) -> None:
    document, arrays = unpack(model.to_bytes(customers=True))
    document["story"] = to_json({f.name: getattr(model, f.name) for f in fields(Story)})
    del document["story"]["anonymous"]
    for column in document["encoder"]["columns"] + document["story"]["columns"]:
        del column["few"]
    members = {"model.json": json.dumps(document).encode()}
    for name in arrays.keys() - {"profile_numbers", "profile_shares"}:
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, arrays[name], (1, 0))
        members[f"{name}.npy"] = buffer.getvalue()
    again = SegmentModel.from_bytes(sealed(members, version=1))
    assert again.describe() == model.describe()
    assert len(again.members.hashes)
    assert not len(SegmentModel.from_bytes(again.to_bytes()).members.hashes)


def test_a_file_written_before_names_knew_their_giver_still_loads(model: SegmentModel) -> None:
    def forget(document: dict[str, Any], _arrays: dict[str, Any]) -> None:
        for segment in document["story"]["segments"]:
            del segment["named_by_user"]

    again = SegmentModel.from_bytes(changed(model, forget))
    assert again.describe() == model.without_customers().describe()
    assert again.rename("s1", "Mine").segment("s1").named_by_user
