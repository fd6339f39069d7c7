"""Web workers score without scikit-learn and scipy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("sklearn", "scipy", "joblib")
# Only jobs read files; a debugger comes with Flask's own client for tests.
OF_OTHERS = (*HEAVY, "pyarrow.parquet", "pyarrow.fs", "python_calamine", "pdb")
LARGE = ("dask", "distributed", "fsspec", "tornado")
SIGNING_IN = ("authlib", "jwt", "cryptography")


def modules_after(code: str, names: tuple[str, ...] = HEAVY) -> set[str]:
    """Those of some modules that a fresh Python has loaded after some code."""
    report = f"import sys; print(*[name for name in {names!r} if name in sys.modules])"
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
        "import segmentation.cli.commands",
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


def test_a_web_worker_loads_nothing_that_only_others_need(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from dashapp.app import create_app, warm_up\n"
        "from dashapp.settings.portal_settings import Settings\n"
        f"warm_up(create_app(Settings(data_dir=Path({str(tmp_path / 'data')!r}))).server)\n"
    )
    assert modules_after(code, OF_OTHERS + SIGNING_IN) == set()


def test_a_web_worker_offers_large_data_without_loading_what_reads_them(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from dashapp.app import create_app, warm_up\n"
        "from dashapp.settings.portal_settings import Settings\n"
        f"more = dict(dask_scheduler='tcp://127.0.0.1:9', data_sources={str(tmp_path)!r})\n"
        f"settings = Settings(data_dir=Path({str(tmp_path / 'data')!r}), **more)\n"
        "app = create_app(settings)\n"
        "warm_up(app.server)\n"
        "assert app.server.extensions['portal'].large.offered\n"
    )
    assert modules_after(code, (*OF_OTHERS, *LARGE)) == set()
