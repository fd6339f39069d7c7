"""Fixtures that more than one folder of tests needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dashapp import units

# Timing belongs to benchmarks: on a busy machine a deadline would only make tests flaky.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


def missing(reason: str) -> None:
    """Skip with a reason, or fail where the environment says that nothing may be missing."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real customer files that are never committed."""
    if not SHARED_DATA.is_dir():
        missing("the folder of real data files is not beside the project")
    return SHARED_DATA


@pytest.fixture
def dollars() -> Iterator[None]:
    """Amounts of the classic spend column are in dollars."""
    units.use_units({"Total Spend": "$"})
    yield
    units.use_units({})
