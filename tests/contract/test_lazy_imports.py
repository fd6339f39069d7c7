"""Web workers score without scikit-learn and scipy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("sklearn", "scipy", "joblib")


def modules_after(code: str) -> set[str]:
    """The heavy modules that a fresh Python has loaded after some code."""
    report = f"import sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import segmentation",
        "import segmentation; segmentation.SegmentModel; segmentation.Segment",
        "import segmentation; segmentation.Verdict; segmentation.KEvidence",
        "import segmentation; segmentation.read_table; segmentation.Table",
        "import segmentation.cli",
    ],
)
def test_what_a_web_worker_needs_is_light(code: str) -> None:
    assert modules_after(code) == set()


def test_loading_and_scoring_stay_light() -> None:
    code = (
        "import segmentation\n"
        "from segmentation.options import Settings\n"
        "from segmentation.training import train\n"
        "frame = segmentation.sample_customers(200)\n"
        "table = segmentation.Table.from_frame(frame)\n"
        "model = train(table.frame, table.columns, Settings(n_clusters=4)).model\n"
        "again = segmentation.SegmentModel.from_bytes(model.to_bytes())\n"
        "record = frame.iloc[0].to_dict()\n"
        "again.assign(frame); again.score(record); again.whatif(record); again.project(frame)\n"
    )
    assert modules_after(code) == set()


def test_only_a_portal_that_signs_people_in_loads_what_that_takes() -> None:
    report = "print(*[name for name in ('authlib', 'jwt', 'cryptography') if name in sys.modules])"
    code = f"import sys\nimport dashapp.app\n{report}"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
