"""The real application with a visitor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashapp.portal import Portal


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return Portal.new(tmp_path / "portal")
