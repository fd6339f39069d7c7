"""The public names are exactly those promised, and scoring never loads scikit-learn."""

from __future__ import annotations

import subprocess
import sys

import pytest

import segmentation

PROMISED = {
    "CustomerSegmentation", "SegmentModel", "Segment", "Verdict", "KEvidence", "read_table",
    "Table", "Column", "Role", "Use", "Issue", "sample_customers", "sample_customer_kinds",
    "sample_transactions", "association", "summarize", "SegmentationError", "ReadError",
    "DataError", "ParameterError", "ModelFileError", "PlaybookError", "CancelledError",
    "__version__",
}  # fmt: skip


def test_everything_promised_is_there() -> None:
    assert set(segmentation.__all__) >= PROMISED
    assert all(getattr(segmentation, name) is not None for name in segmentation.__all__)


def test_other_names_are_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = segmentation.nonsense


def test_every_error_is_a_segmentation_error() -> None:
    errors = [getattr(segmentation, name) for name in PROMISED if name.endswith("Error")]

    assert all(issubclass(error, segmentation.SegmentationError) for error in errors)
    assert issubclass(segmentation.DataError, ValueError)
    assert issubclass(segmentation.ParameterError, ValueError)


@pytest.mark.parametrize("name", ["SegmentModel", "read_table", "sample_customers", "association"])
def test_web_workers_never_load_scikit_learn_or_scipy(name: str) -> None:
    code = (
        f"import sys, segmentation; segmentation.{name}; "
        "print([m for m in ('sklearn', 'scipy', 'joblib', 'python_calamine') if m in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    heavy = "[]" if name != "read_table" else "['python_calamine']"
    assert loaded.stdout.strip() == heavy
